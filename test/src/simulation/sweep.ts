import { runSeed, type Outcome } from './world.js';

/** What a row of seeds came to. */
export interface Sweep {
  readonly runs: number;
  readonly steps: number;
  readonly failed: readonly Outcome[];
}

/** Runs seeds until there are enough, `mostFailures` have failed, or `isOver`. */
export async function sweepSeeds(
  seeds: Iterable<string>,
  { mostFailures = 1, isOver = () => false }: { mostFailures?: number; isOver?: () => boolean } = {},
): Promise<Sweep> {
  const failed: Outcome[] = [];
  let runs = 0;
  let steps = 0;
  for (const seed of seeds) {
    if (failed.length >= mostFailures || isOver()) break;
    const outcome = await runSeed(seed);
    runs += 1;
    steps += outcome.steps;
    if (outcome.failures.length > 0) failed.push(outcome);
  }
  return { runs, steps, failed };
}

/** What to print of a failed seed: how to replay it, what is wrong, and what happened. */
export function explain({ seed, failures, trace }: Outcome): string {
  return [
    `seed ${seed} failed; replay it with: node test/dist/simulation/replay.js ${seed}`,
    ...failures,
    ...trace,
  ].join('\n');
}

/** The names of `count` seeds. */
export function* seedsFrom(first: number, count: number): Generator<string> {
  for (let nth = 0; nth < count; nth += 1) yield String(first + nth);
}
