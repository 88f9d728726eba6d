/** Time, injected so that tests and the simulation own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `ms` unless the returned function is called first. Timers never keep a process alive. */
  after(ms: number, task: () => void): () => void;
  /** How long the calling thread was ready to run and had no processor, in ms since it began. Absent where nobody tells. */
  starvedMs?(): number;
}

/** Resolves after `ms` of the clock's time. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** Begins to watch the calling thread; the function it gives tells how long it had to wait for a processor since then, in ms. */
export function watchStarvation(clock: Clock): () => number {
  const before = clock.starvedMs?.() ?? 0;
  return () => (clock.starvedMs?.() ?? 0) - before;
}

/**
 * True when a thread that was ready to run and had no processor for so long cannot tell what else it waited for, in ms: most of the time that
 * seems to be left may be the rest of that, or nothing of it.
 */
export function isTooStarved(time: {
  readonly tookMs: number;
  readonly starvedMs: number;
  readonly waitedMs: number;
}): boolean {
  return time.starvedMs > time.tookMs / 4 && time.starvedMs > time.waitedMs;
}

/**
 * The same clock for waits: its time never runs back. Somebody may set the wall clock back by a day, and what was to happen in a
 * moment must not wait for that day. It is ahead of the wall clock from then on, so nothing that is stored may come from it.
 */
export function steadyClock(clock: Clock): Clock {
  let lastMs = clock.now();
  let aheadMs = 0;
  return {
    now() {
      const wallMs = clock.now();
      aheadMs = Math.max(aheadMs, lastMs - wallMs);
      lastMs = wallMs + aheadMs;
      return lastMs;
    },
    after: (ms, task) => clock.after(ms, task),
  };
}
