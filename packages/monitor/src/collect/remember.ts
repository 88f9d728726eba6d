import type { Clock } from '@lockstep/core';

/** A value that is read again only now and then. */
export interface Remembered<T> {
  (): T;
  /** The next call reads anew. */
  forget(): void;
}

/** A reading that took long is kept this many times as long: it costs at most half a percent of one core. */
const restPerCost = 200;

/** Gives what `read` gave, until that is older than `maxAgeMs`, or longer when reading is dear: for sums over whole tables. */
export function remember<T>(clock: Clock, maxAgeMs: number, read: () => T): Remembered<T> {
  let known: { readonly value: T; readonly atMs: number; readonly untilMs: number } | undefined;

  const recall = (): T => {
    const nowMs = clock.now();
    if (!known || nowMs >= known.untilMs || nowMs < known.atMs) {
      const startedMs = performance.now();
      const value = read();
      const costMs = performance.now() - startedMs;
      known = { value, atMs: nowMs, untilMs: nowMs + Math.max(maxAgeMs, costMs * restPerCost) };
    }
    return known.value;
  };
  return Object.assign(recall, { forget: () => (known = undefined) });
}
