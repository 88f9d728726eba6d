import type { Clock } from '@lockstep/core';
import type { Request } from 'express';

/** Tells how long this server was at work on a request. */
export interface Stopwatch {
  /** Time since the start without that in which the body was waited for, in ms. */
  busyMs(): number;
}

/** Begin when the headers are there and the body is not being read yet. Time in which this server held the client back counts as work. */
export function startStopwatch(req: Request, clock: Pick<Clock, 'now'>): Stopwatch {
  const startedMs = clock.now();
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
      const waitedMs = Math.max(0, (arrivedMs ?? nowMs) - startedMs - heldMs);
      return Math.max(0, nowMs - startedMs - waitedMs);
    },
  };
}
