import type { Clock } from '../ports/clock.js';

/** The longest delay that a timer of Node takes; above it a timer would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of this machine. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, Math.min(Math.max(ms, 0), longestTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
