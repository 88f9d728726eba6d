import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explain, seedsFrom, sweepSeeds } from './sweep.js';
import { runSeed } from './world.js';

const seeds = 2_000;
/** On a machine that is busy with something else fewer seeds are played, but never fewer than these. */
const budgetMs = 60_000;
const leastSeeds = 200;

describe('Servers that crash, fill up, lose time, messages and disks', () => {
  it('end equal, and lose nothing that somebody wrote and nobody replaced knowingly', async (t) => {
    const startedMs = performance.now();
    let done = 0;
    const isOver = (): boolean => (done += 1) > leastSeeds && performance.now() - startedMs > budgetMs;
    const { runs, steps, failed } = await sweepSeeds(seedsFrom(1, seeds), { isOver });
    t.diagnostic(`${runs} seeds, ${steps} steps in ${Math.round(performance.now() - startedMs)} ms`);
    assert.deepEqual(failed.map(explain), []);
  });

  it('do exactly the same again under the same seed', async () => {
    for (const seed of ['7', '8', '9', '10', '11']) {
      const first = await runSeed(seed, { isClose: true });
      const second = await runSeed(seed, { isClose: true });
      assert.ok(first.trace.length > 20);
      assert.deepEqual(second, first);
    }
  });
});
