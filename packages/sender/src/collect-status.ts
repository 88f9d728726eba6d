import type { Replica } from '@lockstep/core';
import type { Latencies, OperationTotals } from './deliver/counters.js';
import type { PeerLoop } from './deliver/peer-loop.js';
import type { PeerStatus, SenderStatus, SkippedStatus } from './sender-status.js';
import type { FolderWatch } from './watch/folder-watch.js';
import type { Observer } from './watch/observer.js';

const mostDeferred = 100;
const mostSkipped = 1_000;

export interface StatusSources {
  readonly replica: Replica;
  readonly nowMs: number;
  readonly active: boolean;
  readonly paused: boolean;
  readonly folders: readonly FolderWatch[];
  readonly observer: Observer;
  readonly loops: readonly PeerLoop[];
  readonly latencies: Latencies;
  readonly totals: OperationTotals;
  readonly problems: SenderStatus['problems'];
}

/** One look at the sender. Costs a few point queries per peer. */
export function collectStatus(sources: StatusSources): SenderStatus {
  const { replica, observer, latencies, totals, active, paused, problems } = sources;
  const folders = sources.folders.map((folder) => folder.status);
  const polled = folders.find(({ mode }) => mode === 'polling');
  const { hints, recorded, skipped, looked } = observer.counters;
  return {
    active,
    paused,
    watching: { mode: polled === undefined ? 'events' : 'polling', reason: polled?.reason ?? null, folders },
    observing: {
      hints,
      observed: recorded,
      unchanged: replica.counters.unchanged,
      skipped,
      merged: Math.max(0, hints - looked - skipped - observer.pending),
      pending: observer.pending,
    },
    peers: sources.loops.map((loop) => peerStatus(loop, replica, sources.nowMs)),
    latency: { p50: latencies.quantile(0.5), p95: latencies.quantile(0.95), recent: latencies.recent() },
    totals: { upload: { ...totals.upload }, delete: { ...totals.delete }, move: { ...totals.move } },
    problems,
    skipped: skippedStatus(sources.folders),
  };
}

function peerStatus(loop: PeerLoop, replica: Replica, nowMs: number): PeerStatus {
  const { changes, oldestMs } = lagOf(loop, replica);
  const { deferred } = replica.index;
  const inFlight = loop.delivery?.flights.files ?? 0;
  const rows = loop.name === null ? [] : deferred.list(loop.name, mostDeferred);
  return {
    name: loop.name,
    url: loop.url,
    state: loop.state,
    code: loop.problem?.code ?? null,
    message: loop.problem?.message ?? null,
    lagChanges: changes,
    lagSeconds: oldestMs === null ? 0 : Math.max(0, (nowMs - oldestMs) / 1000),
    pending: Math.max(0, changes - inFlight),
    inFlight,
    deferredCount: loop.name === null ? 0 : deferred.count(loop.name),
    deferred: rows.map(({ peer: _peer, sequence: _sequence, ...row }) => row),
    ...loop.contact,
    sent: { ...loop.counters },
    link: loop.peer.link?.status() ?? null,
    nextTryMs: loop.breaker.nextProbeMs,
    failures: loop.breaker.failures,
  };
}

/** Before the first hello the index tells how far the peer was, when its name is configured. */
function lagOf(loop: PeerLoop, { index }: Replica): { changes: number; oldestMs: number | null } {
  if (loop.state === 'self') return { changes: 0, oldestMs: null };
  if (loop.delivery !== undefined) return loop.delivery.outbox.lag();
  const cursor = (loop.name === null ? undefined : index.peers.get(loop.name))?.cursor ?? 0;
  return { changes: index.countAfter(cursor), oldestMs: index.after(cursor, 1)[0]?.recordedMs ?? null };
}

function skippedStatus(folders: readonly FolderWatch[]): SkippedStatus {
  const scans = folders.map((folder) => folder.lastScan).filter((scan) => scan !== null);
  const count = scans.reduce((sum, scan) => sum + scan.skippedCount, 0);
  const list = scans.flatMap(({ folder, skipped }) =>
    skipped.map(({ path, reason, size }) => ({ folder, path, reason, size })),
  );
  return { count, list: list.slice(0, mostSkipped) };
}
