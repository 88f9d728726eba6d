import { sleep, type Clock } from '@lockstep/core';

/** Keeps the bytes sent to one peer under a rate, whoever sends them. */
export interface RateLimit {
  /** The rate; `false` for none. */
  readonly bytesPerSecond: number | false;
  /** What goes at once: bodies are handed over in slices of this, so that those side by side take turns. */
  readonly sliceBytes: number;
  /** Resolves when this many bytes may go. Whoever asks first goes first. */
  take(bytes: number): Promise<void>;
}

/** A slice lasts a twentieth of a second, within these bounds. */
const slicesPerSecond = 20;
const leastSlice = 4 * 1024;
const mostSlice = 64 * 1024;

/**
 * A token bucket that holds one second's worth, for the change after a calm time; from then on bytes go evenly. Over any time, never more
 * than its share and one second's worth. `false`: no limit.
 */
export function createRateLimit(bytesPerSecond: number | false, clock: Clock): RateLimit {
  if (bytesPerSecond === false)
    return { bytesPerSecond, sliceBytes: Infinity, take: () => Promise.resolve() };
  let tokens = bytesPerSecond;
  let filledMs = clock.now();

  return {
    bytesPerSecond,
    sliceBytes: Math.min(mostSlice, Math.max(leastSlice, Math.ceil(bytesPerSecond / slicesPerSecond))),
    async take(bytes) {
      const nowMs = clock.now();
      const filled = (Math.max(0, nowMs - filledMs) / 1000) * bytesPerSecond;
      tokens = Math.min(bytesPerSecond, tokens + filled);
      filledMs = nowMs;
      tokens -= bytes;
      if (tokens < 0) await sleep(clock, (-tokens / bytesPerSecond) * 1000);
    },
  };
}
