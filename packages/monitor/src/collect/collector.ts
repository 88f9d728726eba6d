import type { Clock, Replica } from '@lockstep/core';
import type { ReceiverView } from '../receiver-view.js';
import type { SenderView } from '../sender-view.js';
import type { MonitorStatus } from '../status.js';
import { buildStatus } from './build-status.js';
import { deferredShown, peerStatuses, type PeerFacts } from './peers.js';
import { createProcessMeter } from './process-meter.js';
import { remember } from './remember.js';
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
  const { index } = replica;
  const meter = createProcessMeter(clock);
  const slow = createSlowFacts(replica, clock);
  const rememberedPeers = remember(clock, slowMaxAgeMs, () =>
    peerStatuses(peerFacts(undefined, receiver.status().peers)),
  );

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
        folders: index.totals(),
        ...slow.read(),
        activity: index.activity.list({ limit: sending.latency ? historyRows : latencyRows }),
        counters: receiving.counters ?? replica.counters,
        sender: sending,
        receiver: receiving,
        peers:
          (sending.active || sending.elsewhere) && sending.peers
            ? peerStatuses(peerFacts(sending.peers, receiving.peers))
            : rememberedPeers(),
        process: meter.read(),
      });
    },
    close() {
      meter.close();
      slow.close();
    },
  };

  function peerFacts(sending: PeerFacts['sending'], heard: PeerFacts['heard']): PeerFacts {
    return {
      ...{ sending, heard },
      rows: index.peers.list(),
      deferredCount: (peer) => index.deferred.count(peer),
      deferredOf: (peer) => index.deferred.list(peer, deferredShown),
      countAfter: (sequence) => index.countAfter(sequence),
    };
  }
}
