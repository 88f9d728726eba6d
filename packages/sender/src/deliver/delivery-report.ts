import {
  showText,
  type Clock,
  type Entry,
  type ErrorCode,
  type Log,
  type NodeId,
  type WireVerdict,
} from '@lockstep/core';
import type { Latencies, Operation, OperationTotals, PeerCounters } from './counters.js';
import type { Ledger, NewActivity } from './ledger.js';
import type { Piece } from './plan-batch.js';

/** Tells people what happens: the operators' log lines, the history of the page, the counters. */
export interface DeliveryReport {
  /** Bytes of this file go out now. */
  uploading(peer: NodeId, entry: Entry): void;
  /** Entries that a peer settled. `sent`: their bytes were in the request. */
  settled(peer: NodeId, settled: readonly Settled[], sent: boolean): void;
  failed(peer: NodeId, piece: Piece, code: ErrorCode, message: string): void;
  peerUp(peer: NodeId, url: string): void;
  peerDown(peer: NodeId, url: string, code: ErrorCode, message: string): void;
}

export interface Settled {
  readonly piece: Piece;
  readonly verdict: WireVerdict;
}

export interface DeliveryReportOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly latencies: Latencies;
  readonly totals: OperationTotals;
  readonly countersOf: (peer: NodeId) => PeerCounters;
}

const words = { upload: 'modified', delete: 'deleted', move: 'moved' } as const;
const kinds = { upload: 'sent', delete: 'deleted-there', move: 'moved' } as const;

export function createDeliveryReport(options: DeliveryReportOptions): DeliveryReport {
  const { clock, log, ledger, latencies, totals, countersOf } = options;

  const settleOne = (peer: NodeId, { piece, verdict }: Settled, sent: boolean): NewActivity | null => {
    const { item, entry } = piece;
    const operation = operationOf(entry, verdict, sent);
    count(countersOf(peer), entry, verdict, sent);
    // What the peer knew already (a new cursor, a relayed change) is no event.
    if (!sent && !item.isNews && (verdict.applied === 'nothing' || verdict.applied === 'adopted'))
      return null;
    totals[operation].ok += 1;
    const ms = item.isNews ? Math.max(0, clock.now() - item.sinceMs) : null;
    if (ms !== null) latencies.add(ms);
    log.info(`Successfully synced ${words[operation]} for ${showText(entry.path, 1024)} to ${peer}`, {
      folder: entry.folder,
      ms,
    });
    const bytes = sent && entry.state === 'live' ? entry.size : 0;
    return { ...rowOf(peer, entry, clock.now()), kind: kinds[operation], bytes, ms };
  };

  return {
    uploading(peer, entry) {
      const name = showText(entry.path.slice(entry.path.lastIndexOf('/') + 1), 255);
      log.info(`Uploading file ${name} to ${peer} (base_folder: ${entry.folder})`, { path: entry.path });
    },
    settled(peer, settled, sent) {
      const rows = settled.map((each) => settleOne(peer, each, sent)).filter((row) => row !== null);
      if (rows.length > 0) ledger.activity(rows);
    },
    failed(peer, piece, code, message) {
      const { entry, item } = piece;
      if (code === 'CHANGED_MEANWHILE') {
        return log.debug(`Not synced ${showText(entry.path, 1024)} to ${peer} yet: ${message}`, {
          folder: entry.folder,
        });
      }
      countersOf(peer).failed += 1;
      totals[entry.state === 'deleted' ? 'delete' : 'upload'].failed += 1;
      // Told once, and again when the reason is another: a refused file is tried for as long as it is refused.
      if (item.source.from === 'deferred' && item.source.deferral.code === code) return;
      log.error(`Failed to sync ${showText(entry.path, 1024)} to ${peer}: ${message}`, {
        folder: entry.folder,
        code,
      });
      ledger.activity([{ ...rowOf(peer, entry, clock.now()), kind: 'failed', code, message }]);
    },
    peerUp(peer, url) {
      log.info(`Peer ${peer} is reachable`, { peer, url });
      ledger.activity([stateRow('peer-up', peer, null, url, clock.now())]);
    },
    peerDown(peer, url, code, message) {
      log.warn(`Peer ${peer} is unreachable: ${message}`, { peer, url, code });
      ledger.activity([stateRow('peer-down', peer, code, message, clock.now())]);
    },
  };
}

/** A file that the peer made from bytes it had was renamed or copied here: for people it moved. */
function operationOf(entry: Entry, verdict: WireVerdict, sent: boolean): Operation {
  if (entry.state === 'deleted') return 'delete';
  return !sent && verdict.applied === 'copied' ? 'move' : 'upload';
}

function count(counters: PeerCounters, entry: Entry, verdict: WireVerdict, sent: boolean): void {
  if (entry.state === 'deleted') counters.deleted += 1;
  else if (sent) counters.uploaded += 1;
  else if (verdict.applied === 'copied') counters.copied += 1;
  else counters.known += 1;
}

function rowOf(peer: NodeId, entry: Entry, atMs: number): NewActivity {
  const { folder, path } = entry;
  return { atMs, kind: 'note', folder, path, peer, bytes: 0, ms: null, code: null, message: null };
}

function stateRow(
  kind: 'peer-up' | 'peer-down',
  peer: NodeId,
  code: ErrorCode | null,
  message: string,
  atMs: number,
): NewActivity {
  return { atMs, kind, folder: null, path: null, peer, bytes: 0, ms: null, code, message };
}
