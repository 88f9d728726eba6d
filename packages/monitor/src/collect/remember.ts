import type { Clock } from '@lockstep/core';

/** Gives what `read` gave, reading again only when that is older than `maxAgeMs`: for sums over whole tables. */
export function remember<T>(clock: Clock, maxAgeMs: number, read: () => T): () => T {
  let known: { readonly value: T; readonly atMs: number } | undefined;
  return () => {
    const nowMs = clock.now();
    if (!known || nowMs - known.atMs >= maxAgeMs || nowMs < known.atMs)
      known = { value: read(), atMs: nowMs };
    return known.value;
  };
}
