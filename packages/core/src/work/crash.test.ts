import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SeenFile, Work } from '../ports/work.js';
import { createFakeClock } from '../testing/fake-clock.js';
import { createFakeDisk, type FakeDisk } from '../testing/fake-disk.js';
import { createSeededRandom } from '../testing/seeded-random.js';
import {
  archiveIn,
  commitOne,
  committed,
  digestOf,
  fileAt,
  lookAtFile,
  placesIn,
  planDelete,
  planWrite,
  stageText,
} from '../testing/work-contract/harness.js';
import { createWork } from './create-work.js';

/** Thrown in place of a step: the machine stops there. */
class Crash extends Error {}

const base = '/app';
const clock = createFakeClock();

function workOver(disk: FakeDisk, seed: string): Work {
  return createWork({
    disk,
    clock,
    random: createSeededRandom(seed),
    places: placesIn(base),
    archive: archiveIn(base),
  });
}

/** Replaces, creates and deletes, and stops before step `stopAt`; true when it never came to that step. */
async function runUntil(disk: FakeDisk, stopAt: number): Promise<boolean> {
  const work = workOver(disk, 'first life');
  const old: SeenFile[] = [await lookAtFile(work, 'replaced'), await lookAtFile(work, 'in/a/dir/deleted')];
  const moving = await lookAtFile(work, 'from/moved');
  let step = 0;
  disk.onWrite = () => {
    step += 1;
    if (step > stopAt) throw new Crash();
  };
  try {
    const plans = [
      await planWrite(work, 'replaced', 'new', old[0]),
      await planWrite(work, 'made/here/created', 'created'),
      planDelete('in/a/dir/deleted', old[1] ?? null),
      {
        ...({
          do: 'move',
          file: fileAt('to/moved'),
          from: fileAt('from/moved'),
          expected: moving.stamp,
        } as const),
        ...{ mode: 0o600, mtimeMs: 1_234_000, keptParents: 0 },
      },
      { do: 'archive', staged: await stageText(work, 'loser') } as const,
    ];
    for (const outcome of await work.commit(plans)) committed(outcome);
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  } finally {
    disk.onWrite = null;
  }
}

function prepared(seed: string): FakeDisk {
  const disk = createFakeDisk({ clock, random: createSeededRandom(seed) });
  disk.user.writeFile(`${base}/static/replaced`, 'old');
  disk.user.writeFile(`${base}/static/in/a/dir/deleted`, 'deleted');
  disk.user.writeFile(`${base}/static/from/moved`, 'moved');
  disk.user.mkdir(archiveIn(base));
  disk.user.mkdir(`${base}/state/staging/static`);
  return disk;
}

/** Fails when a reader could see a part of a file, or when content that somebody wrote is nowhere. */
function check(user: FakeDisk['user'], done: boolean, where: string): void {
  const tree = (path: string): string | null => user.readText(`${base}/static/${path}`);
  const archived = (text: string): boolean => user.readText(`${archiveIn(base)}/${digestOf(text)}`) === text;
  const replaced = tree('replaced');
  const created = tree('made/here/created');
  const deleted = tree('in/a/dir/deleted');
  assert.ok(replaced === 'new' || (replaced === 'old' && !done), `replaced is ${replaced} ${where}`);
  assert.ok(created === 'created' || (created === null && !done), `created is ${created} ${where}`);
  assert.ok(deleted === null || (deleted === 'deleted' && !done), `deleted is ${deleted} ${where}`);
  const moved = [tree('from/moved'), tree('to/moved')];
  assert.deepEqual(moved.sort(), ['moved', null], `the moved file is ${moved.join(' and ')} ${where}`);
  assert.ok(!done || tree('to/moved') === 'moved', `the move is not done ${where}`);
  assert.ok(replaced === 'old' || archived('old'), `the replaced content is lost ${where}`);
  assert.ok(deleted === 'deleted' || archived('deleted'), `the deleted content is lost ${where}`);
  assert.ok(!done || archived('loser'), `the losing content is lost ${where}`);
  for (const [name, { bytes }] of user.files(archiveIn(base))) {
    if (/^[0-9a-f]{64}$/u.test(name))
      assert.equal(digestOf(bytes), name, `the archive holds something else ${where}`);
  }
}

describe('a commit that is cut off', () => {
  for (const powerCut of [true, false]) {
    const what = powerCut ? 'a power cut' : 'a kill';

    it(`never leaves a part of a file or loses content, at whatever step ${what} comes`, async () => {
      let steps = 0;
      for (let done = false; !done; steps += 1) {
        for (let seed = 0; seed < (powerCut ? 40 : 1); seed += 1) {
          const disk = prepared(`${steps}/${seed}`);
          done = await runUntil(disk, steps);
          check(disk.crash({ powerCut }).user, done, `before step ${steps + 1}, seed ${seed}`);
        }
      }
      assert.ok(steps > 20, `only ${steps} steps were tried`);
    });
  }

  it('is done again after the restart, and staging is empty', async () => {
    for (let stopAt = 0; stopAt < 30; stopAt += 1) {
      const disk = prepared(`again ${stopAt}`);
      await runUntil(disk, stopAt);
      const survivor = disk.crash();
      const work = workOver(survivor, 'second life');
      await work.sweep();
      assert.equal(survivor.user.files(`${base}/state/staging`).size, 0);
      const old = await lookAtFile(work, 'replaced');
      committed(await commitOne(work, await planWrite(work, 'replaced', 'newest', old)));
      assert.equal(survivor.user.readText(`${base}/static/replaced`), 'newest');
      assert.ok(survivor.user.readText(`${archiveIn(base)}/${old.digest}`) !== null);
    }
  });
});
