import assert from 'node:assert/strict';
import { link, mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../node/clock.js';
import { digestOf } from '../testing/entries.js';
import { fileKey, observeAll, openTestReplica, type TestReplica } from '../testing/replica-bench.js';

const names = Array.from({ length: 30 }, (_, at) => `sub/${String(at).padStart(2, '0')}.txt`);

/** What the index says of a file that nobody could have read, so that a test sees where it came from. */
const fromTheRow = digestOf('what the row says');

/** A replica whose clock is this far ahead of the files, with files below `static/old` whose rows name another content than they hold. */
async function withOldFolder(t: TestContext, aheadMs: number): Promise<TestReplica> {
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const made = await openTestReplica(t, 'alpha', { clock });
  await mkdir(made.at('static/old/sub'), { recursive: true });
  for (const name of names) await writeFile(made.at(`static/old/${name}`), name);
  await observeAll(made.replica, ...names.map((name) => `static/old/${name}`));
  // The first files are read: from them it is learnt that their directory was moved.
  for (const name of names.slice(10)) {
    const row = made.replica.index.get(fileKey(`static/old/${name}`));
    assert.ok(row?.entry.state === 'live');
    const { stamp, learnedFrom, recordedMs } = row;
    made.replica.index.put({
      entry: { ...row.entry, digest: fromTheRow },
      stamp,
      learnedFrom,
      recordedMs,
    });
  }
  return made;
}

function digestsIn({ replica }: TestReplica, folder: string): Map<string, string> {
  const rows = replica.index.rows('static', fileKey(`static/${folder}`).path);
  return new Map(
    rows.flatMap(({ entry }) =>
      entry.state === 'live' ? [[entry.path.slice(-6), String(entry.digest)]] : [],
    ),
  );
}

const observeOne = (made: TestReplica, file: string): Promise<unknown> =>
  made.replica.observe([{ ...fileKey(file), confirmed: false, live: true }]);

describe('A directory that was moved as a whole', () => {
  it('is not read again: the rows under its former name say what its files hold', async (t) => {
    const made = await withOldFolder(t, 60_000);
    await rename(made.at('static/old'), made.at('static/new'));
    await observeOne(made, 'static/new');
    const digests = digestsIn(made, 'new');
    assert.equal(digests.size, names.length);
    assert.equal(digests.get('00.txt'), digestOf('sub/00.txt'));
    for (const name of names.slice(10)) assert.equal(digests.get(name.slice(-6)), fromTheRow);
    assert.equal(digestsIn(made, 'old').size, 0);
  });

  it('is read where a file in it changed, with size and mtime as before, was linked, or was put there', async (t) => {
    const made = await withOldFolder(t, 60_000);
    const changed = made.at('static/old/sub/20.txt');
    const { atime, mtime } = await stat(changed);
    await rename(made.at('static/old'), made.at('static/new'));
    await writeFile(made.at('static/new/sub/20.txt'), 'SUB/20.TXT');
    await utimes(made.at('static/new/sub/20.txt'), atime, mtime);
    await link(made.at('static/new/sub/21.txt'), made.at('static/new/sub/99.txt'));
    await rename(made.at('static/new/sub/22.txt'), made.at('static/new/sub/98.txt'));
    await observeOne(made, 'static/new');
    const digests = digestsIn(made, 'new');
    assert.equal(digests.get('20.txt'), digestOf('SUB/20.TXT'));
    assert.equal(digests.get('21.txt'), digestOf('sub/21.txt'));
    assert.equal(digests.get('99.txt'), digestOf('sub/21.txt'));
    assert.equal(digests.get('98.txt'), digestOf('sub/22.txt'));
    assert.equal(digests.get('23.txt'), fromTheRow);
  });

  it('is read when its files changed just now: within a tick of the clock a change leaves no trace', async (t) => {
    const made = await withOldFolder(t, 0);
    await rename(made.at('static/old'), made.at('static/new'));
    await observeOne(made, 'static/new');
    for (const [name, digest] of digestsIn(made, 'new')) assert.equal(digest, digestOf(`sub/${name}`));
  });

  it('goes out as renames, though both its names are looked at side by side', async (t) => {
    const made = await withOldFolder(t, 60_000);
    const renamed: string[] = [];
    made.replica.events.on('recorded', (told) =>
      renamed.push(...(told.renamed ?? []).map(({ path }) => path)),
    );
    await rename(made.at('static/old'), made.at('static/new'));
    const [before] = await Promise.all([
      made.replica.observe([{ ...fileKey('static/old'), confirmed: false, live: true }]),
      observeOne(made, 'static/new'),
    ]);
    assert.deepEqual(before.recorded, []);
    assert.equal(renamed.length, 2 * names.length);
    assert.deepEqual(made.replica.index.holds.list(), []);
  });
});

describe('A hint of a name', () => {
  const hint = (isNameOnly: boolean) => [
    { ...fileKey('static/old/sub/20.txt'), confirmed: false, live: true, nameOnly: isNameOnly },
  ];

  it('does not have a file read that has the stamp of its row, as after a commit', async (t) => {
    const made = await withOldFolder(t, 0);
    assert.deepEqual((await made.replica.observe(hint(true))).recorded, []);
    assert.equal(digestsIn(made, 'old').get('20.txt'), fromTheRow);
  });

  it('has it read when the stamp is another, and any other hint has it read in any case', async (t) => {
    const made = await withOldFolder(t, 0);
    assert.equal((await made.replica.observe(hint(false))).recorded.length, 1);
    assert.equal(digestsIn(made, 'old').get('20.txt'), digestOf('sub/20.txt'));
    const { atime, mtime } = await stat(made.at('static/old/sub/20.txt'));
    await writeFile(made.at('static/old/sub/new'), 'SUB/20.TXT');
    await utimes(made.at('static/old/sub/new'), atime, mtime);
    await rename(made.at('static/old/sub/new'), made.at('static/old/sub/20.txt'));
    await made.replica.observe(hint(true));
    assert.equal(digestsIn(made, 'old').get('20.txt'), digestOf('SUB/20.TXT'));
  });
});
