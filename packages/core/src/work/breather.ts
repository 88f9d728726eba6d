import { setImmediate } from 'node:timers/promises';

/** How much work, in rough microseconds, a job does before it lets the others in. */
const turnMicros = 1_000;

/**
 * Gives a function that a long job awaits after each piece of work, telling its rough cost in microseconds. About once
 * per millisecond it lets other jobs run, so that a small one is never stuck behind a scan or a large file.
 */
export function createBreather(): (costMicros: number) => Promise<void> {
  let spent = 0;
  return async (costMicros) => {
    spent += costMicros;
    if (spent < turnMicros) return;
    spent = 0;
    await setImmediate();
  };
}
