import type { Clock } from '../ports/clock.js';

/** A clock that a test moves by hand. */
export interface FakeClock extends Clock {
  /** Moves time on by `ms`, running every timer that comes due at its own moment, in order, also those set meanwhile. */
  advance(ms: number): void;
  /** Like `advance`, and lets promises that a timer settled continue before the next timer runs. */
  advanceAsync(ms: number): Promise<void>;
  /** How many timers are waiting. */
  readonly pending: number;
  /** When the next timer is due, in ms since the epoch; null when none waits. */
  readonly nextDueMs: number | null;
  /** Sets the time without running timers: a clock that somebody corrected. Timers keep what is left of their delay. */
  jump(toMs: number): void;
}

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that stands still at `startMs` until it is advanced. Timers of the same moment run in the order they were set. */
export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs;
  let set = 0;
  const timers = new Set<Timer>();

  const next = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      const sooner = first === undefined || timer.dueMs < first.dueMs;
      if (sooner || (timer.dueMs === first?.dueMs && timer.order < first.order)) first = timer;
    }
    return first;
  };

  const runNext = (untilMs: number): boolean => {
    const timer = next();
    if (timer === undefined || timer.dueMs > untilMs) return false;
    timers.delete(timer);
    nowMs = Math.max(nowMs, timer.dueMs);
    timer.task();
    return true;
  };

  return {
    now: () => nowMs,
    after: (ms, task) => {
      set += 1;
      const timer: Timer = { dueMs: nowMs + Math.max(ms, 0), order: set, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance: (ms) => {
      const untilMs = nowMs + ms;
      while (runNext(untilMs));
      nowMs = Math.max(nowMs, untilMs);
    },
    advanceAsync: async (ms) => {
      const untilMs = nowMs + ms;
      await settled();
      while (runNext(untilMs)) await settled();
      nowMs = Math.max(nowMs, untilMs);
    },
    jump: (toMs) => {
      for (const timer of timers) timer.dueMs += toMs - nowMs;
      nowMs = toMs;
    },
    get pending() {
      return timers.size;
    },
    get nextDueMs() {
      return next()?.dueMs ?? null;
    },
  };
}

/** Two turns of the event loop: every promise that can settle without I/O has settled, and what it started too. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
