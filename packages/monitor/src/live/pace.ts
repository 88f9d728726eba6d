import type { Clock } from '@lockstep/core';

/** Runs a task again and again, never too soon after the last time. */
export interface Pace {
  /** Plans a run `ms` after the last one, unless an earlier one is planned. */
  plan(ms: number): void;
  /** Counts this moment as a run. */
  begin(): void;
  /** Takes back what is planned. */
  rest(): void;
}

/** A task that takes long runs less often: at most this part of the time goes into it. */
const mostBusy = 0.05;
/** One slow run, on a machine that is busy with other things, delays the next by this at most, in ms. */
const mostRestMs = 2_000;

/** @param task plans its next run itself */
export function createPace(clock: Clock, task: () => void): Pace {
  let restMs = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel: () => void = () => undefined;

  function run(): void {
    dueMs = Number.POSITIVE_INFINITY;
    lastMs = clock.now();
    const startedMs = performance.now();
    task();
    restMs = Math.min((performance.now() - startedMs) / mostBusy, mostRestMs);
  }

  return {
    plan(ms) {
      const wantedMs = Math.max(lastMs + Math.max(ms, restMs), clock.now());
      if (wantedMs >= dueMs) return;
      cancel();
      dueMs = wantedMs;
      cancel = clock.after(wantedMs - clock.now(), run);
    },
    begin() {
      lastMs = clock.now();
    },
    rest() {
      cancel();
      dueMs = Number.POSITIVE_INFINITY;
    },
  };
}
