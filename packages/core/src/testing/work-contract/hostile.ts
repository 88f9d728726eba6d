import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommitOutcome } from '../../ports/work.js';
import {
  attributes,
  commitOne,
  committed,
  fileAt,
  lookAtFile,
  planDelete,
  planWrite,
  textsIn,
  type OpenWork,
} from './harness.js';

function resultOf(outcome: CommitOutcome): string {
  return outcome.done === 'failed' ? outcome.code : outcome.done;
}

/** What a commit never does, whatever somebody did to the disk meanwhile. */
export function hostileContract(open: OpenWork): void {
  describe('a commit on a disk that somebody else changes', () => {
    it('leaves an edit alone that the index does not know yet', async (t) => {
      const { work, user, base } = await open(t);
      for (const path of ['write', 'delete', 'touch']) user.writeFile(`${base}/static/${path}`, 'known');
      const [write, remove, touch] = await Promise.all(
        ['write', 'delete', 'touch'].map((path) => lookAtFile(work, path)),
      );
      assert.ok(write && remove && touch);
      for (const path of ['write', 'delete', 'touch']) user.writeFile(`${base}/static/${path}`, 'local edit');
      const outcomes = await work.commit([
        await planWrite(work, 'write', 'incoming', write),
        planDelete('delete', remove),
        { do: 'touch', file: fileAt('touch'), expected: touch.stamp, ...attributes },
      ]);
      assert.deepEqual(outcomes.map(resultOf), ['changed', 'changed', 'changed']);
      const texts = { delete: 'local edit', touch: 'local edit', write: 'local edit' };
      assert.deepEqual(textsIn(user, `${base}/static`), texts);
    });

    it('does not overwrite a file where none should be, nor delete one', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'local');
      user.writeFile(`${base}/static/b`, 'local');
      const outcomes = await work.commit([await planWrite(work, 'a', 'incoming'), planDelete('b', null)]);
      assert.deepEqual(outcomes.map(resultOf), ['changed', 'changed']);
      assert.deepEqual(textsIn(user, `${base}/static`), { a: 'local', b: 'local' });
      assert.deepEqual(Object.values(textsIn(user, `${base}/state/staging`)), ['incoming']);
    });

    it('tells that a file is gone which should be there', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/dir/a`, 'known');
      const old = await lookAtFile(work, 'dir/a');
      user.remove(`${base}/static/dir`);
      const outcomes = await work.commit([await planWrite(work, 'dir/a', 'new', old)]);
      assert.deepEqual(outcomes.map(resultOf), ['changed']);
      assert.equal(resultOf(await commitOne(work, planDelete('dir/a', old))), 'changed');
      assert.deepEqual(textsIn(user, `${base}/static`), {});
    });

    it('writes, deletes and touches nothing through a link', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/dir/a`, 'inside');
      const old = await lookAtFile(work, 'dir/a');
      user.rename(`${base}/static/dir`, `${base}/outside/dir`);
      user.symlink(`${base}/outside/dir`, `${base}/static/dir`);
      user.symlink(`${base}/outside/dir/a`, `${base}/static/link`);
      const outcomes = await work.commit([
        await planWrite(work, 'dir/a', 'evil', old),
        await planWrite(work, 'dir/new', 'evil'),
        await planWrite(work, 'link', 'evil'),
        { do: 'touch', file: fileAt('dir/a'), expected: old.stamp, mode: 0o777, mtimeMs: 1 },
        planDelete('dir/a', old),
      ]);
      assert.deepEqual(new Set(outcomes.map(resultOf)), new Set(['PATH_THROUGH_LINK']));
      assert.deepEqual(textsIn(user, `${base}/outside`), { 'dir/a': 'inside' });
      assert.equal(user.files(`${base}/outside`).get('dir/a')?.mode, old.mode);
      assert.deepEqual(textsIn(user, `${base}/state/archive`), {});
    });

    it('does not make a folder anew that vanished', async (t) => {
      const { work, user, base } = await open(t);
      user.remove(`${base}/static`);
      assert.equal(resultOf(await commitOne(work, await planWrite(work, 'a', 'x'))), 'ROOT_MISSING');
      assert.equal(await work.rootIdentity('static'), null);
    });

    it('makes staging and archive anew when somebody removed them', async (t) => {
      const { work, user, base } = await open(t);
      committed(await commitOne(work, await planWrite(work, 'a', 'one')));
      user.remove(`${base}/state`);
      const old = await lookAtFile(work, 'a');
      committed(await commitOne(work, await planWrite(work, 'a', 'two', old)));
      user.remove(`${base}/state`);
      committed(await commitOne(work, planDelete('a', await lookAtFile(work, 'a'))));
      assert.deepEqual(Object.values(textsIn(user, `${base}/state/archive`)), ['two']);
    });
  });
}
