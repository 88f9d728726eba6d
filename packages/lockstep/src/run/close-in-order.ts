import type { Log } from '@lockstep/core';

/** One thing to end, and how messages call it. */
export type ClosingStep = readonly [what: string, close: () => unknown];

/** Ends one thing after the other. One that fails is logged and does not keep the others open. */
export async function closeInOrder(steps: readonly ClosingStep[], log: Log): Promise<void> {
  for (const [what, close] of steps) {
    try {
      await close();
    } catch (error) {
      log.error(`Could not close the ${what} cleanly`, { error });
    }
  }
}
