import type { Clock } from '@lockstep/core';

/** Something that tells of changes: gives what stops it. */
export type ChangeSource = (changed: () => void) => () => void;

/** One stream of states for all who look, made once for all of them and not at all while nobody looks. */
export interface Feed<T> {
  /** Calls `listener` with the state now and at every push, `ended` when the feed closes. Gives what ends it earlier. */
  subscribe(listener: (state: T) => void, ended?: () => void): () => void;
  readonly size: number;
  close(): void;
}

/** How a feed is driven. */
export interface FeedOptions<T> {
  readonly clock: Clock;
  readonly read: () => T;
  readonly source: ChangeSource;
  /** At least this long between two pushes, in ms: four a second. */
  readonly shortestMs?: number;
  /** At most this long between two pushes, in ms. */
  readonly longestMs?: number;
}

/** A state that takes long to make is made less often: at most this part of the time goes into it. */
const mostBusy = 0.05;

/** Pushes soon after a change, and from time to time without one. */
export function createFeed<T>(options: FeedOptions<T>): Feed<T> {
  const { clock, read, source, shortestMs = 250, longestMs = 5_000 } = options;
  const listeners = new Map<(state: T) => void, () => void>();
  let restMs = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel: () => void = () => undefined;
  let stop: () => void = () => undefined;

  return {
    subscribe(listener, ended = () => undefined) {
      if (listeners.size === 0) {
        stop = source(() => plan(shortestMs));
        lastMs = clock.now();
      }
      listeners.set(listener, ended);
      listener(read());
      plan(longestMs);
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) rest();
      };
    },
    get size() {
      return listeners.size;
    },
    close() {
      const endings = [...listeners.values()];
      listeners.clear();
      rest();
      for (const ended of endings) ended();
    },
  };

  /** Sets the next push to `ms` after the last one, unless an earlier one is set. */
  function plan(ms: number): void {
    const wantedMs = Math.max(lastMs + Math.max(ms, restMs), clock.now());
    if (wantedMs >= dueMs) return;
    cancel();
    dueMs = wantedMs;
    cancel = clock.after(wantedMs - clock.now(), push);
  }

  function push(): void {
    dueMs = Number.POSITIVE_INFINITY;
    if (listeners.size === 0) return;
    lastMs = clock.now();
    const startedMs = performance.now();
    const state = read();
    restMs = (performance.now() - startedMs) / mostBusy;
    for (const listener of [...listeners.keys()]) listener(state);
    plan(longestMs);
  }

  function rest(): void {
    cancel();
    stop();
    dueMs = Number.POSITIVE_INFINITY;
  }
}
