import { readFileSync } from 'node:fs';
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
  starvedMs: () => {
    // Time on a processor, time ready without one, both in ns, and turns: Documentation/scheduler/sched-stats.rst of Linux.
    const [, waitedNs] = schedulerStatistics().split(' ');
    return Number(waitedNs ?? 0) / 1e6;
  },
};

/** Read without a promise, which would wait for its turn itself; it comes from memory. Empty where there are none. */
function schedulerStatistics(): string {
  try {
    return readFileSync('/proc/thread-self/schedstat', 'utf8');
  } catch {
    return '';
  }
}
