import type { Expectation } from './expectation.js';

/** Thrown when a tool did not get there in time; the message names one file that is missing. */
export class NotVisible extends Error {
  override readonly name = 'NotVisible';
}

export interface WaitOptions {
  readonly deadlineMs: number;
  /** Pause between two looks while nothing changes. */
  readonly pollMs: number;
  /** Why the tool cannot get there any more, for instance because a process ended; null while it may. */
  readonly failure: () => string | null;
}

/** How many files one look asks about before it lets others run. */
const perLook = 200;

/**
 * Waits until every expectation holds; gives when the last one was seen to (`performance.now()`). What held once is not asked
 * again, so the cost is about one stat per file, whatever the order in which a tool works.
 */
export async function untilVisible(
  expectations: readonly Expectation[],
  options: WaitOptions,
): Promise<number> {
  const end = performance.now() + options.deadlineMs;
  let pending = [...expectations];
  for (;;) {
    const asked = pending.slice(0, perLook);
    const missing = asked.filter((expectation) => !expectation.holds());
    // What is missing goes to the back: the next look asks about other files first.
    pending = [...pending.slice(perLook), ...missing];
    if (pending.length === 0) return performance.now();
    if (missing.length > 0) {
      refuseWhenHopeless(missing, pending.length, end, options);
      await pause(options.pollMs);
    } else await new Promise(setImmediate);
  }
}

function refuseWhenHopeless(
  missing: readonly Expectation[],
  count: number,
  end: number,
  options: WaitOptions,
) {
  const failure = options.failure();
  if (failure !== null) throw new NotVisible(failure);
  if (performance.now() < end) return;
  const seconds = Math.round(options.deadlineMs / 1000);
  throw new NotVisible(
    `not there after ${seconds} s: ${count} file(s), for instance ${missing[0]?.file ?? '?'}`,
  );
}

/** Settles after this many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
