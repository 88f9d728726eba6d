import type { Clock, Replica } from '@lockstep/core';
import type { ReceiverView } from '../receiver-view.js';
import type { SenderView } from '../sender-view.js';
import type { MonitorStatus } from '../status.js';
import { buildStatus } from './build-status.js';
import { deferredShown, peerStatuses } from './peers.js';
import { createProcessMeter } from './process-meter.js';
import { remember } from './remember.js';

/** Reads the parts of a status from where they live. */
export interface Collector {
  /** The status now. Costs a few milliseconds at most, whatever the number of files. */
  collect(): MonitorStatus;
  close(): void;
}

/** What a collector reads from. */
export interface CollectorOptions {
  readonly replica: Replica;
  readonly sender: SenderView;
  readonly receiver: ReceiverView;
  readonly clock: Clock;
  readonly title: string;
}

/** Sums over whole tables are at most this old, in ms. */
const sumsMaxAgeMs = 1_000;
/** Rows of history read for the page and for latencies. */
const historyRows = 200;
const archiveShown = 20;

/** Measures the process only while it is asked; owe it a `close`. */
export function createCollector(options: CollectorOptions): Collector {
  const { replica, sender, receiver, clock, title } = options;
  const { index } = replica;
  const meter = createProcessMeter(clock);
  const folderTotals = remember(clock, sumsMaxAgeMs, () => index.totals());
  const archiveTotals = remember(clock, sumsMaxAgeMs, () => index.archive.totals());
  const openHolds = remember(clock, sumsMaxAgeMs / 4, () => index.holds.list());

  return {
    collect() {
      const sending = sender.status();
      const receiving = receiver.status();
      return buildStatus({
        node: replica.node,
        title,
        nowMs: clock.now(),
        sequence: index.lastSequence(),
        digest: index.liveDigest(),
        folders: folderTotals(),
        holds: openHolds(),
        archive: archiveTotals(),
        archived: index.archive.list({ limit: archiveShown }),
        conflicts: index.archive.list({ reason: 'conflict', limit: archiveShown }),
        activity: index.activity.list({ limit: historyRows }),
        counters: replica.counters,
        sender: sending,
        receiver: receiving,
        peers: peerStatuses({
          sending: sending.active ? sending.peers : undefined,
          rows: index.peers.list(),
          heard: receiving.peers,
          deferredCount: (peer) => index.deferred.count(peer),
          deferredOf: (peer) => index.deferred.list(peer, deferredShown),
          countAfter: (sequence) => index.countAfter(sequence),
        }),
        process: meter.read(),
      });
    },
    close: () => meter.close(),
  };
}
