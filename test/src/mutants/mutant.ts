import type { Change } from './hook.js';

/** A mistake that somebody could make, and the tests of which one must notice it. */
export interface Mutant extends Change {
  /** What the mistake is, in words. */
  readonly what: string;
  /** Compiled test files, tried in this order until one fails. */
  readonly tests: readonly string[];
  /** Why no test can notice it, for one that changes nothing anybody could see. */
  readonly survives?: string;
}

/** Compiled files of the packages. */
export const core = 'packages/core/dist';
export const receiver = 'packages/receiver/dist';

/** Mutants of one file that the same tests must notice. */
export function of(
  file: string,
  tests: readonly string[],
  changes: readonly (readonly [what: string, from: string, to: string])[],
): Mutant[] {
  return changes.map(([what, from, to]) => ({ what, file, from, to, tests }));
}
