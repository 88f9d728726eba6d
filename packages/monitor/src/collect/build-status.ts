import type {
  ActivityRow,
  ArchiveRow,
  FolderTotals,
  HoldRow,
  IndexHealth,
  ReplicaCounters,
} from '@lockstep/core';
import type { ReceiverStatusView } from '../receiver-view.js';
import type { SenderStatusView } from '../sender-view.js';
import type { HoldStatus, MonitorStatus, PeerStatus, ProcessStatus } from '../status.js';
import { headline } from './headline.js';
import { latencyStatus } from './latency.js';
import { statusNotes } from './notes.js';
import { operationStatus, sumOperations } from './operations.js';

/** How many paths of a hold, skipped files and problems are listed. */
const heldShown = 50;
const leftOutShown = 100;
const activityShown = 50;

/** Everything that a status is made of, already read. */
export interface StatusParts {
  readonly node: string;
  readonly title: string;
  readonly nowMs: number;
  readonly health: IndexHealth;
  readonly sequence: number;
  readonly digest: string;
  readonly folders: readonly FolderTotals[];
  readonly holds: readonly HoldRow[];
  readonly archive: { readonly rows: number; readonly bytes: number };
  readonly archived: readonly ArchiveRow[];
  readonly conflicts: readonly ArchiveRow[];
  readonly activity: readonly ActivityRow[];
  readonly counters: Readonly<ReplicaCounters>;
  readonly sender: SenderStatusView;
  readonly receiver: ReceiverStatusView;
  readonly peers: readonly PeerStatus[];
  readonly process: ProcessStatus;
}

/** The status as the API gives it: pure, from parts that were read before. */
export function buildStatus(parts: StatusParts): MonitorStatus {
  const { sender, receiver, peers, holds } = parts;
  const watching = { mode: sender.watching?.mode ?? 'off', reason: sender.watching?.reason ?? null };
  const problems = (sender.problems ?? []).slice(0, leftOutShown).map((problem) => ({
    folder: problem.folder ?? '',
    path: problem.path ?? '',
    code: problem.code ?? 'FILE_UNREADABLE',
    message: problem.message ?? '',
  }));
  return {
    node: parts.node,
    title: parts.title,
    atMs: parts.nowMs,
    state: headline({
      active: sender.active ?? false,
      elsewhere: sender.elsewhere ?? null,
      paused: sender.paused ?? false,
      holds: holds.length,
      heldFiles: holds.reduce((sum, hold) => sum + hold.paths.length, 0),
      peers,
      index: parts.health,
      missing: missingOf(sender, parts.folders),
    }),
    notes: statusNotes({ watching, peers, problems: sender.problems?.length ?? 0 }),
    watching,
    index: { sequence: parts.sequence, digest: parts.digest },
    folders: parts.folders,
    peers,
    queue: queueOf(sender, receiver, peers),
    operations: {
      upload: operationStatus(sender.totals?.upload),
      delete: operationStatus(sender.totals?.delete),
      move: operationStatus(sender.totals?.move),
    },
    received: sumOperations(Object.values(receiver.totals ?? {})),
    bytes: {
      sent: peers.reduce((sum, peer) => sum + peer.bytesSent, 0),
      received: receiver.bytesReceived ?? 0,
    },
    avoided: avoidedOf(parts.counters, sender),
    latency: latencyStatus(sender.latency, parts.activity),
    problems,
    skipped: skippedOf(sender),
    conflicts: { count: parts.counters.conflicts, recent: parts.conflicts },
    archive: { ...parts.archive, recent: parts.archived },
    holds: holds.map(holdStatus),
    failures: receiver.failures ?? {},
    scans: scansOf(sender),
    activity: parts.activity.slice(0, activityShown),
    process: parts.process,
  };
}

function queueOf(
  sender: SenderStatusView,
  receiver: ReceiverStatusView,
  peers: readonly PeerStatus[],
): MonitorStatus['queue'] {
  return {
    hints: sender.observing?.pending ?? 0,
    changes: peers.reduce((most, peer) => Math.max(most, peer.lagChanges), 0),
    deferred: peers.reduce((sum, peer) => sum + peer.deferredCount, 0),
    inFlight: peers.reduce((sum, peer) => sum + peer.inFlight, 0),
    receiving: receiver.inFlight ?? 0,
  };
}

function avoidedOf(counters: Readonly<ReplicaCounters>, sender: SenderStatusView): MonitorStatus['avoided'] {
  const { merged: coalesced = 0, unchanged = counters.unchanged } = sender.observing ?? {};
  const { copied, known } = counters;
  return { total: coalesced + unchanged + copied + known, coalesced, unchanged, copied, known };
}

function skippedOf(sender: SenderStatusView): MonitorStatus['skipped'] {
  const files = sender.skipped?.list ?? [];
  return {
    count: sender.skipped?.count ?? files.length,
    files: files.slice(0, leftOutShown).map((file) => ({
      folder: file.folder ?? '',
      path: file.path ?? '',
      reason: file.reason ?? '',
      size: file.size ?? null,
    })),
  };
}

function missingOf(
  sender: SenderStatusView,
  totals: readonly FolderTotals[],
): { readonly folder: string; readonly files: number }[] {
  return (sender.watching?.folders ?? []).flatMap(({ mode, folder }) => {
    if (mode !== 'missing' || folder === undefined) return [];
    return [{ folder, files: totals.find((each) => each.folder === folder)?.files ?? 0 }];
  });
}

/** The folder that waits longest was scanned last at `lastMs`; the next scan of any begins at `nextMs`. */
function scansOf(sender: SenderStatusView): MonitorStatus['scans'] {
  const scans = (sender.watching?.folders ?? []).map((folder) => folder.scan);
  const last = scans.flatMap((scan) => scan?.lastMs ?? []);
  const next = scans.flatMap((scan) => scan?.nextMs ?? []);
  return {
    lastMs: last.length === 0 ? null : Math.min(...last),
    nextMs: next.length === 0 ? null : Math.min(...next),
  };
}

function holdStatus(hold: HoldRow): HoldStatus {
  const { id, folder, reason, peer, createdMs, paths } = hold;
  return { id, folder, reason, peer, createdMs, count: paths.length, paths: paths.slice(0, heldShown) };
}
