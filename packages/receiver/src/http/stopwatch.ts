import { isTooStarved, watchStarvation, type Clock } from '@lockstep/core';
import type { Request } from 'express';

/** Bodies from this size on tell how fast the link is. */
const leastBytes = 64 * 1024;

/** Tells how long this server was at work on a request. */
export interface Stopwatch {
  /**
   * Time since the start without that in which the body was waited for, in ms. Waiting for a processor is work; undefined when there was so
   * much of it that nobody can tell.
   */
  busyMs(): number | undefined;
}

/** Begin when the headers are there and the body is not being read yet. Time in which this server held the client back counts as work. */
export function startStopwatch(req: Request, clock: Clock): Stopwatch {
  const startedMs = clock.now();
  // Of a small body nobody takes the time, and asking costs more than it does.
  const starvedMs =
    Number(req.headers['content-length'] ?? Infinity) < leastBytes ? () => 0 : watchStarvation(clock);
  let heldMs = 0;
  let heldSinceMs: number | null = null;
  let arrivedMs: number | null = null;
  const goOn = (): void => {
    if (heldSinceMs !== null) heldMs += clock.now() - heldSinceMs;
    heldSinceMs = null;
  };
  req.on('pause', () => (heldSinceMs ??= clock.now()));
  req.on('resume', goOn);
  req.once('end', () => {
    goOn();
    arrivedMs = clock.now();
  });
  return {
    busyMs() {
      const nowMs = clock.now();
      const starved = starvedMs();
      const waitedMs = Math.max(0, (arrivedMs ?? nowMs) - startedMs - heldMs - starved);
      if (isTooStarved({ tookMs: nowMs - startedMs, starvedMs: starved, waitedMs })) return undefined;
      return Math.max(0, nowMs - startedMs - waitedMs);
    },
  };
}
