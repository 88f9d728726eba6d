import type { Clock } from '@lockstep/core';
import { createPace } from './pace.js';

/** Something that tells of changes: gives what stops it. */
export type ChangeSource = (changed: () => void) => () => void;

/** One stream of states for all who look, made once for all of them and not at all while nobody looks. */
export interface Feed<T> {
  /** Calls `listener` with the state now and at every push, `ended` when the feed closes. Gives what ends it earlier. */
  subscribe(listener: (state: T) => void, ended?: () => void): () => void;
  readonly size: number;
  /** Says that something changed that the source does not tell of. */
  change(): void;
  close(): void;
}

/** How a feed is driven. */
export interface FeedOptions<T> {
  readonly clock: Clock;
  readonly read: () => T;
  readonly source: ChangeSource;
  /** At least this long between two pushes, in ms: four a second. */
  readonly shortestMs?: number;
  /** At most this long until the push after this state, in ms. */
  readonly longestMs?: (state: T) => number;
}

/** After the last change the state is told once more: history and cursors are written up to 250 ms later, in ms. */
const afterglowMs = 500;

/** Pushes soon after a change, and from time to time without one. */
export function createFeed<T>(options: FeedOptions<T>): Feed<T> {
  const { clock, read, source, shortestMs = 250, longestMs = () => 5_000 } = options;
  const listeners = new Map<(state: T) => void, () => void>();
  const pace = createPace(clock, push);
  let changedMs = Number.NEGATIVE_INFINITY;
  let stop: () => void = () => undefined;

  return {
    subscribe(listener, ended = () => undefined) {
      if (listeners.size === 0) {
        stop = source(change);
        pace.begin();
      }
      listeners.set(listener, ended);
      const state = read();
      listener(state);
      pace.plan(longestMs(state));
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) rest();
      };
    },
    get size() {
      return listeners.size;
    },
    change,
    close() {
      const endings = [...listeners.values()];
      listeners.clear();
      rest();
      for (const ended of endings) ended();
    },
  };

  function change(): void {
    if (listeners.size === 0) return;
    changedMs = clock.now();
    pace.plan(shortestMs);
  }

  function push(): void {
    const state = read();
    for (const listener of [...listeners.keys()]) listener(state);
    pace.plan(clock.now() - changedMs < afterglowMs ? afterglowMs : longestMs(state));
  }

  function rest(): void {
    pace.rest();
    stop();
  }
}
