import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mutations, type Mutation } from './mutations.js';
import { runSeed } from './world.js';

/** A change of the code may move a mistake to another seed: then it must be found within these. */
const otherSeeds = '600';

interface Found {
  readonly runs: number;
  readonly seed: string | null;
  readonly failure: string | null;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Plays the mutation's seed, and others if need be, in a process that loads the code with the mistake in it. */
async function play({ name, seed }: Mutation): Promise<Found> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', here('mutate.js'), here('find-failure.js'), otherSeeds, String(seed)],
    { env: { ...process.env, LOCKSTEP_MUTATION: name } },
  );
  return JSON.parse(stdout) as Found;
}

describe('The simulation', { concurrency: 2 }, () => {
  for (const mutation of mutations) {
    it(`notices when ${mutation.name}`, async (t) => {
      const { runs, seed, failure } = await play(mutation);
      assert.notEqual(failure, null, `${runs} seeds pass with this mistake in the code`);
      if (runs > 1) t.diagnostic(`seed ${mutation.seed} passes now, seed ${seed} finds it: record that one`);
    });
  }

  it('finds nothing under the same seeds when the code is as it is', async () => {
    for (const seed of new Set(mutations.map((each) => each.seed))) {
      assert.deepEqual((await runSeed(String(seed))).failures, [], `seed ${seed}`);
    }
  });
});
