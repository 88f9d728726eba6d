import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { fileKey, observeAll, openTestReplica } from '../testing/replica-bench.js';

const names = Array.from({ length: 30 }, (_, n) => `static/${n}.css`);

/** A replica whose `static` was swapped for a copy of it; what is said is missing there. */
async function swap(t: TestContext, ...missing: readonly string[]) {
  const test = await openTestReplica(t, 'web-1');
  await mkdir(test.at('static'), { recursive: true });
  for (const name of names) await writeFile(test.at(name), name);
  await test.replica.scan('static');
  await cp(test.at('static'), test.at('copy'), { recursive: true, preserveTimestamps: true });
  await rename(test.at('static'), test.at('away'));
  await rename(test.at('copy'), test.at('static'));
  for (const name of missing) await rm(test.at(name));
  return test;
}

const heldPaths = ({ replica }: Awaited<ReturnType<typeof swap>>): string[] =>
  replica.index.holds.list().flatMap((hold) => hold.paths);

describe('a root that was swapped for another', () => {
  it('is suspect for every batch of deletions, not for the first alone', async (t) => {
    const test = await swap(t, 'static/1.css', 'static/2.css');
    await observeAll(test.replica, 'static/1.css');
    await observeAll(test.replica, 'static/2.css');
    assert.deepEqual(heldPaths(test), ['1.css', '2.css']);
    assert.deepEqual(
      test.replica.index.holds.list().map((hold) => hold.reason),
      ['root-swapped'],
    );
    assert.equal(test.replica.index.get(fileKey('static/2.css'))?.entry.state, 'live');
  });

  it('is known once a scan of all of it finds nothing else missing: later deletions pass, the hold stays', async (t) => {
    const test = await swap(t, 'static/1.css');
    await observeAll(test.replica, 'static/1.css');
    await test.replica.scan('static');
    await rm(test.at('static/2.css'));
    await observeAll(test.replica, 'static/2.css');
    assert.deepEqual(heldPaths(test), ['1.css']);
    assert.equal(test.replica.index.get(fileKey('static/2.css'))?.entry.state, 'deleted');
  });
});
