import { sleep, type Clock } from '@lockstep/core';

/** Keeps the bytes sent to one peer under a rate. */
export interface RateLimit {
  /** Resolves when this many bytes may go. */
  take(bytes: number): Promise<void>;
}

/** A token bucket that holds one second's worth; bytes above that are owed and delay the next. `false`: no limit. */
export function createRateLimit(maxBytesPerSecond: number | false, clock: Clock): RateLimit {
  if (maxBytesPerSecond === false) return { take: () => Promise.resolve() };
  let tokens = maxBytesPerSecond;
  let filledMs = clock.now();

  return {
    async take(bytes) {
      const nowMs = clock.now();
      tokens = Math.min(
        maxBytesPerSecond,
        tokens + (Math.max(0, nowMs - filledMs) / 1000) * maxBytesPerSecond,
      );
      filledMs = nowMs;
      tokens -= bytes;
      if (tokens < 0) await sleep(clock, (-tokens / maxBytesPerSecond) * 1000);
    },
  };
}
