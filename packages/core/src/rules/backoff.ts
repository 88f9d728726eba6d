import type { Random } from '../ports/random.js';

/** Bounds of the wait, in ms. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Longest `Retry-After` that is believed, in ms: a peer's mistake must not silence it for days. */
export const maxRetryAfterMs = 600_000;

/**
 * How long to wait, in ms, after the `attempt`th failure in a row (1 for the first). Full jitter: anything between 0 and a
 * ceiling that doubles from `baseMs` to `maxMs`, so that servers which failed together do not come back together. With
 * `retryAfterMs` (what the peer asked for) never less than that, up to `maxRetryAfterMs`.
 */
export function backoffMs(
  attempt: number,
  random: Random,
  options: BackoffOptions = { baseMs: 250, maxMs: 60_000 },
  retryAfterMs = 0,
): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** Math.max(0, attempt - 1));
  const floor = Math.min(Math.max(0, retryAfterMs), maxRetryAfterMs);
  return Math.round(floor + random.fraction() * Math.max(options.baseMs, ceiling - floor));
}
