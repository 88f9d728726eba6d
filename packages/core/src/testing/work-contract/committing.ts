import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommitPlan } from '../../ports/work.js';
import { hostileContract } from './hostile.js';
import {
  attributes,
  commitOne,
  committed,
  digestOf,
  fileAt,
  lookAtFile,
  planDelete,
  planWrite,
  stageText,
  textsIn,
  type OpenWork,
} from './harness.js';

/** How every implementation of `Work` changes the tree. */
export function committingContract(open: OpenWork): void {
  describe('committing', () => {
    it('writes new files with mode and mtime, making their directories', async (t) => {
      const { work, user, base } = await open(t);
      const outcome = await commitOne(work, await planWrite(work, 'a/b/c.txt', 'text'));
      const seen = await lookAtFile(work, 'a/b/c.txt');
      assert.equal(committed(outcome), seen.stamp);
      assert.deepEqual(
        [seen.digest, seen.mode, seen.mtimeMs],
        [digestOf('text'), attributes.mode, attributes.mtimeMs],
      );
      assert.deepEqual(textsIn(user, `${base}/state`), {});
    });

    it('replaces a file and keeps the old content in the archive', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'old');
      const old = await lookAtFile(work, 'a');
      const stamp = committed(await commitOne(work, await planWrite(work, 'a', 'new', old)));
      assert.equal((await lookAtFile(work, 'a')).stamp, stamp);
      assert.equal(user.readText(`${base}/static/a`), 'new');
      assert.deepEqual(textsIn(user, `${base}/state`), { [`archive/${digestOf('old')}`]: 'old' });
      const opened = await work.archiveOpen(digestOf('old'));
      assert.ok(opened);
      assert.equal(opened.size, 3);
      assert.equal(Buffer.from(await work.readPart(opened.id, 0, 10)).toString(), 'old');
      assert.deepEqual(await work.readClose(opened.id), { changed: false });
    });

    it('deletes a file into the archive, from where it can be copied back', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'old');
      committed(await commitOne(work, planDelete('a', await lookAtFile(work, 'a'))));
      assert.equal(user.readText(`${base}/static/a`), null);
      const staged = await work.stageCopy('static', digestOf('old'), { from: 'archive' });
      assert.ok('name' in staged);
      const digests = [digestOf('old'), digestOf('never there')];
      await work.archiveTidy({ aside: digests, back: [], remove: [], changedBeforeMs: Infinity });
      assert.equal(await work.archiveOpen(digestOf('old')), null);
    });

    it('archives the same content once, and replaces an object that was cut short', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'same');
      user.writeFile(`${base}/static/b`, 'same');
      user.writeFile(`${base}/state/archive/${digestOf('same')}`, 'sa');
      const plans = [
        planDelete('a', await lookAtFile(work, 'a')),
        planDelete('b', await lookAtFile(work, 'b')),
      ];
      for (const outcome of await work.commit(plans)) committed(outcome);
      assert.deepEqual(textsIn(user, `${base}/state/archive`), { [digestOf('same')]: 'same' });
      assert.deepEqual(textsIn(user, `${base}/static`), {});
    });

    it('moves a losing content from staging into the archive', async (t) => {
      const { work, user, base } = await open(t);
      const plans = [
        { do: 'archive', staged: await stageText(work, 'loser') },
        { do: 'archive', staged: await stageText(work, 'loser') },
      ] as const;
      for (const outcome of await work.commit(plans)) assert.equal(committed(outcome), null);
      assert.deepEqual(textsIn(user, `${base}/state`), { [`archive/${digestOf('loser')}`]: 'loser' });
    });

    it('changes mode and mtime alone', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'text', { mode: 0o600 });
      const { stamp: expected } = await lookAtFile(work, 'a');
      const outcome = await commitOne(work, {
        do: 'touch',
        file: fileAt('a'),
        expected,
        mode: 0o444,
        mtimeMs: 1_234_567,
      });
      const seen = await lookAtFile(work, 'a');
      assert.equal(committed(outcome), seen.stamp);
      assert.deepEqual([seen.mode, seen.mtimeMs, seen.digest], [0o444, 1_234_567, digestOf('text')]);
    });

    it('removes directories that a deletion empties, down to those its author kept', async (t) => {
      const { work, user, base } = await open(t);
      for (const path of ['a/b/c/x', 'k/b/c/x', 'full/b/x', 'full/y'])
        user.writeFile(`${base}/static/${path}`, path);
      const plans = [
        planDelete('a/b/c/x', await lookAtFile(work, 'a/b/c/x')),
        planDelete('k/b/c/x', await lookAtFile(work, 'k/b/c/x'), 2),
        planDelete('full/b/x', await lookAtFile(work, 'full/b/x')),
      ];
      for (const outcome of await work.commit(plans)) committed(outcome);
      assert.deepEqual(user.directories(`${base}/static`).sort(), ['full', 'k', 'k/b']);
    });

    it('takes a deletion of what is absent for done', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/file`, 'x');
      for (const path of ['none', 'no/such/dir', 'file/below'])
        committed(await commitOne(work, planDelete(path, null)));
      assert.equal(user.readText(`${base}/static/file`), 'x');
    });

    it('turns a file into a folder and a folder into a file within one batch', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/file`, 'was a file');
      user.writeFile(`${base}/static/folder/in/x`, 'was in a folder');
      const plans = [
        await planWrite(work, 'file/below', 'now below'),
        await planWrite(work, 'folder', 'now a file'),
        planDelete('file', await lookAtFile(work, 'file')),
        planDelete('folder/in/x', await lookAtFile(work, 'folder/in/x')),
      ];
      for (const outcome of await work.commit(plans)) committed(outcome);
      assert.deepEqual(textsIn(user, `${base}/static`), { 'file/below': 'now below', folder: 'now a file' });
    });

    it('writes a file where only empty directories stand, and leaves one with files alone', async (t) => {
      const { work, user, base } = await open(t);
      user.mkdir(`${base}/static/empty/also/empty`);
      user.mkdir(`${base}/static/full/empty`);
      user.writeFile(`${base}/static/full/not/synchronised.log`, 'kept');
      user.writeFile(`${base}/static/old`, 'moved');
      user.mkdir(`${base}/static/new`);
      const old = await lookAtFile(work, 'old');
      const move: CommitPlan = {
        ...{ do: 'move', file: fileAt('new'), from: fileAt('old'), expected: old.stamp },
        ...{ mode: old.mode, mtimeMs: old.mtimeMs, keptParents: 0 },
      };
      const plans = [
        await planWrite(work, 'empty', 'a file'),
        move,
        await planWrite(work, 'full', 'refused'),
      ];
      assert.deepEqual(
        (await work.commit(plans)).map((outcome) =>
          outcome.done === 'failed' ? outcome.code : outcome.done,
        ),
        ['committed', 'committed', 'PATH_BLOCKED'],
      );
      assert.deepEqual(textsIn(user, `${base}/static`), {
        empty: 'a file',
        'full/not/synchronised.log': 'kept',
        new: 'moved',
      });
    });

    it('answers each plan by itself, and a failure leaves the others alone', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/file`, 'x');
      const gone = await planWrite(work, 'gone', 'gone');
      if (gone.do === 'write') await work.discard([gone.staged]);
      const outcomes = await work.commit([
        await planWrite(work, 'file/below', 'blocked'),
        gone,
        await planWrite(work, 'good', 'good'),
      ]);
      assert.deepEqual(
        outcomes.map((one) => (one.done === 'failed' ? one.code : one.done)),
        ['PATH_BLOCKED', 'CONTENT_MISSING', 'committed'],
      );
      assert.deepEqual(textsIn(user, `${base}/static`), { file: 'x', good: 'good' });
    });

    it('commits more plans than one round of flushes holds', async (t) => {
      const { work, user, base } = await open(t);
      const texts = Array.from({ length: 600 }, (_, index) => `text ${index}`);
      const staged = await work.stage(
        texts.map((text) => ({ folder: 'static', digest: digestOf(text), bytes: Buffer.from(text) })),
      );
      const plans = staged.map((one, index) => {
        assert.ok('name' in one);
        const file = fileAt(`d${index % 250}/f${index}`);
        return { do: 'write', file, staged: one, ...attributes, expected: null, archiveOld: null } as const;
      });
      for (const outcome of await work.commit(plans)) committed(outcome);
      assert.equal(user.files(`${base}/static`).size, 600);
      assert.equal(user.readText(`${base}/static/d0/f250`), 'text 250');
    });
  });

  hostileContract(open);
}
