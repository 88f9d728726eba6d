import type { Clock } from '@lockstep/core';
import { createFifo } from './fifo.js';
import { relayMs, type Item } from './item.js';
import type { RelayCheck } from './relay-check.js';

/** Rows that another peer taught us, in the order in which they become due. */
export interface Relays {
  readonly length: number;
  push(item: Item): void;
  /** Those that are due: to be offered now, and known to the peer already. */
  take(): { readonly offered: readonly Item[]; readonly known: readonly Item[] };
  /** In how many ms one becomes due; null when nothing does, or when the check will wake. */
  readyInMs(): number | null;
}

export function createRelays(clock: Clock, check?: RelayCheck): Relays {
  const waiting = createFifo<Item>();
  let isChecking = false;
  const nextInMs = (): number | null => {
    const next = waiting.peek();
    return next === undefined ? null : waitUntil(clock, next.readyMs, relayMs);
  };

  return {
    get length() {
      return waiting.length;
    },
    push: (item) => waiting.push(item),
    take() {
      isChecking = false;
      const offered: Item[] = [];
      const known: Item[] = [];
      const advice = nextInMs() === 0 ? (check?.advise(waiting.length) ?? 'offer') : null;
      if (advice === 'wait') isChecking = true;
      else if (advice !== null) {
        while (nextInMs() === 0) {
          const item = waiting.shift();
          if (item === undefined) break;
          // Equal live files do not say that the peer remembers a deletion.
          (advice === 'known' && item.isLive ? known : offered).push(item);
        }
      }
      return { offered, known };
    },
    readyInMs: () => (isChecking ? null : nextInMs()),
  };
}

/** How long to wait, in ms. More than is ever waited means that the clock was set back: then not at all. */
export function waitUntil(clock: Clock, dueMs: number, longestMs: number): number {
  const waitMs = dueMs - clock.now();
  return waitMs > longestMs ? 0 : Math.max(0, waitMs);
}
