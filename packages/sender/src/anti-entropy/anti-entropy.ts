import { isSyncError, steadyClock, type Clock, type Hello, type IndexStore, type Log } from '@lockstep/core';
import type { PeerLoop } from '../deliver/peer-loop.js';
import { findDifferences } from './find-differences.js';

/** A difference that offering did not mend is looked at again after this long, in ms: folders may be configured differently. */
const fruitlessRestMs = 600_000;

/** Brings together what the cursors cannot know to be apart: a restored backup, a damaged row, a mistake. */
export interface AntiEntropy {
  /** An idle peer said what its index comes to. */
  heard(loop: PeerLoop, hello: Hello): void;
  close(): void;
}

interface Attempt {
  readonly pair: string;
  readonly atMs: number;
}

/** The digest of the whole index is compared at each heartbeat; only when it differs twice running, the rows are. */
export function createAntiEntropy(options: { index: IndexStore; clock: Clock; log: Log }): AntiEntropy {
  const { index, log } = options;
  const clock = steadyClock(options.clock);
  const suspected = new Map<PeerLoop, string>();
  const attempts = new Map<PeerLoop, Attempt>();
  const running = new Set<PeerLoop>();
  let closed = false;

  const compareWith = async (loop: PeerLoop, pair: string): Promise<void> => {
    running.add(loop);
    try {
      const { ours, theirs } = await findDifferences({
        index,
        cursor: loop.delivery?.outbox.cursor ?? 0,
        page: (since, limit) => loop.peer.indexPage(since, limit),
        isCancelled: () => closed || loop.state !== 'up',
      });
      attempts.set(loop, { pair, atMs: clock.now() });
      if (closed || (ours.length === 0 && theirs === 0)) return;
      log.info('The index differs from a peer; what is newer here is offered again.', {
        peer: loop.name,
        offered: ours.length,
        newerThere: theirs,
      });
      loop.offerAgain(ours);
    } catch (error) {
      log.debug('Could not compare the index with a peer.', {
        peer: loop.name,
        reason: error instanceof Error ? error.message : String(error),
        ...(isSyncError(error) && { code: error.code }),
      });
    } finally {
      running.delete(loop);
    }
  };

  return {
    heard(loop, hello) {
      const pair = `${index.liveDigest()} ${hello.liveDigest}`;
      if (closed || index.liveDigest() === hello.liveDigest) return void suspected.delete(loop);
      const wasSuspected = suspected.get(loop) === pair;
      suspected.set(loop, pair);
      const last = attempts.get(loop);
      const wasFruitless = last?.pair === pair && clock.now() - last.atMs < fruitlessRestMs;
      if (wasSuspected && !wasFruitless && !running.has(loop)) void compareWith(loop, pair);
    },
    close() {
      closed = true;
    },
  };
}
