import { isSyncError, type Clock, type Replica } from '@lockstep/core';
import type { ReceiverView } from '../receiver-view.js';
import type { SenderView } from '../sender-view.js';
import type { MonitorStatus } from '../status.js';
import { buildStatus } from './build-status.js';
import { deferredShown, peerStatuses, type PeerFacts } from './peers.js';
import { createProcessMeter } from './process-meter.js';
import { remember } from './remember.js';
import { withoutIndex } from './without-index.js';
import { createSlowFacts, slowMaxAgeMs } from './slow-facts.js';

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

/** Rows of history on the page, and those from which latencies are taken where the sender gives none. */
const historyRows = 50;
const latencyRows = 200;

/** Measures the process only while it is asked; owe it a `close`. */
export function createCollector(options: CollectorOptions): Collector {
  const { replica, sender, receiver, clock, title } = options;
  const meter = createProcessMeter(clock);
  const slow = createSlowFacts(replica, clock);
  const rememberedPeers = remember(clock, slowMaxAgeMs, () =>
    peerStatuses(peerFacts(undefined, receiver.status().peers)),
  );

  let last: MonitorStatus | null = null;
  return {
    collect() {
      try {
        if (replica.indexHealth() === 'damaged') return withoutIndex(last, options);
        return (last = read());
      } catch (error) {
        if (isSyncError(error, 'INDEX_DAMAGED')) return withoutIndex(last, options);
        throw error;
      }
    },
    close() {
      meter.close();
      slow.close();
    },
  };

  function read(): MonitorStatus {
    const sending = sender.status();
    const receiving = receiver.status();
    return buildStatus({
      node: replica.node,
      title,
      nowMs: clock.now(),
      health: replica.indexHealth(),
      sequence: replica.index.lastSequence(),
      digest: replica.index.liveDigest(),
      folders: replica.index.totals(),
      ...slow.read(),
      activity: replica.index.activity.list({ limit: sending.latency ? historyRows : latencyRows }),
      counters: receiving.counters ?? replica.counters,
      sender: sending,
      receiver: receiving,
      peers:
        (sending.active || sending.elsewhere) && sending.peers
          ? peerStatuses(peerFacts(sending.peers, receiving.peers))
          : rememberedPeers(),
      process: meter.read(),
    });
  }

  function peerFacts(sending: PeerFacts['sending'], heard: PeerFacts['heard']): PeerFacts {
    return {
      ...{ sending, heard },
      rows: replica.index.peers.list(),
      deferredCount: (peer) => replica.index.deferred.count(peer),
      deferredOf: (peer) => replica.index.deferred.list(peer, deferredShown),
      countAfter: (sequence) => replica.index.countAfter(sequence),
    };
  }
}
