import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Staged } from '../../ports/work.js';
import {
  attributes,
  commitOne,
  committed,
  digestOf,
  fileAt,
  stageText,
  textsIn,
  type OpenWork,
} from './harness.js';

/** How every implementation of `Work` takes in bytes. */
export function stagingContract(open: OpenWork): void {
  describe('staging', () => {
    it('takes in many contents and refuses the one whose digest is wrong', async (t) => {
      const { work, user, base } = await open(t);
      const results = await work.stage(
        ['one', 'two', ''].map((text) => {
          return {
            folder: 'static',
            digest: digestOf(text === 'two' ? 'other' : text),
            bytes: Buffer.from(text),
          };
        }),
      );
      assert.deepEqual(
        results.map((one) => ('failed' in one ? one.failed : one.size)),
        [3, 'CHECKSUM_MISMATCH', 0],
      );
      assert.deepEqual(Object.values(textsIn(user, `${base}/state/staging/static`)).sort(), ['', 'one']);
    });

    it('leaves the bytes of its caller untouched, also when they are part of a larger buffer', async (t) => {
      const { work } = await open(t);
      const pool = Buffer.from('....content....');
      const bytes = pool.subarray(4, 11);
      const [staged] = await work.stage([{ folder: 'static', digest: digestOf('content'), bytes }]);
      assert.ok(staged && 'name' in staged);
      assert.equal(pool.toString(), '....content....');
    });

    it('takes in contents that lie in shared memory, which is used again afterwards', async (t) => {
      const { work, user, base } = await open(t);
      const memory = new Uint8Array(new SharedArrayBuffer(1_024));
      for (const letter of ['a', 'b']) {
        memory.fill(letter.charCodeAt(0));
        const views = [memory.subarray(0, 24), memory.subarray(24)];
        const contents = views.map((bytes) => {
          return { folder: 'static', digest: digestOf(letter.repeat(bytes.length)), bytes };
        });
        const results = await work.stage(contents);
        assert.deepEqual(
          results.map((one) => ('failed' in one ? one.failed : one.size)),
          [24, 1_000],
        );
      }
      memory.fill(0);
      assert.deepEqual(
        Object.values(textsIn(user, `${base}/state/staging/static`)).sort(),
        ['a', 'b'].flatMap((letter) => [letter.repeat(24), letter.repeat(1_000)]).sort(),
      );
    });

    it('takes in a large content in parts', async (t) => {
      const { work, user, base } = await open(t);
      const part = Buffer.alloc(300_000, 'p');
      const { id } = await work.stageOpen('static');
      for (let index = 0; index < 10; index += 1) await work.stagePart(id, part);
      const content = Buffer.alloc(3_000_000, 'p');
      const staged = await work.stageFinish(id, { digest: digestOf(content), size: content.length });
      assert.ok('name' in staged);
      const plan = {
        do: 'write',
        file: fileAt('a'),
        staged,
        ...attributes,
        expected: null,
        archiveOld: null,
      } as const;
      committed(await commitOne(work, plan));
      assert.equal(digestOf(user.readFile(`${base}/static/a`) ?? ''), digestOf(content));
    });

    it('writes parts that are under way together in the order of the calls', async (t) => {
      const { work } = await open(t);
      const parts = Array.from({ length: 12 }, (_, at) =>
        Buffer.alloc(at % 2 === 0 ? 300_000 : 10, `${at % 10}`),
      );
      const { id } = await work.stageOpen('static');
      await Promise.all(parts.map((part) => work.stagePart(id, part)));
      const content = Buffer.concat(parts);
      const staged = await work.stageFinish(id, { digest: digestOf(content), size: content.length });
      assert.ok('name' in staged);
    });

    it('takes parts from shared memory, which is free again when they are written', async (t) => {
      const { work } = await open(t);
      const memory = new SharedArrayBuffer(400_000);
      const { id } = await work.stageOpen('static');
      for (const letter of ['a', 'b', 'c']) {
        const part = new Uint8Array(memory, 100_000, 300_000).fill(letter.charCodeAt(0));
        await work.stagePart(id, part);
      }
      const content = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000)).join('');
      const staged = await work.stageFinish(id, { digest: digestOf(content), size: content.length });
      assert.ok('name' in staged);
    });

    it('removes what came in parts when it is wrong, or is given up', async (t) => {
      const { work, user, base } = await open(t);
      const first = await work.stageOpen('static');
      await work.stagePart(first.id, Buffer.from('cut off'));
      const result = await work.stageFinish(first.id, { digest: digestOf('whole'), size: 5 });
      assert.equal('failed' in result && result.failed, 'CHECKSUM_MISMATCH');
      const second = await work.stageOpen('static');
      await work.stagePart(second.id, Buffer.from('given up'));
      await work.stageAbort(second.id);
      await work.stageAbort(second.id);
      assert.deepEqual(textsIn(user, `${base}/state/staging`), {});
    });

    it('names the digest of what came when none was announced', async (t) => {
      const { work } = await open(t);
      const { id } = await work.stageOpen('static');
      await work.stagePart(id, Buffer.from('by hand'));
      const staged = await work.stageFinish(id, null);
      assert.deepEqual('failed' in staged ? staged : [staged.digest, staged.size], [digestOf('by hand'), 7]);
    });

    it('keeps parts of several files apart', async (t) => {
      const { work } = await open(t);
      const ids = await Promise.all([1, 2, 3].map(() => work.stageOpen('static')));
      for (const text of ['a', 'b'])
        await Promise.all(ids.map(({ id }, at) => work.stagePart(id, Buffer.from(text + at))));
      const staged = await Promise.all(ids.map(({ id }) => work.stageFinish(id, null)));
      assert.deepEqual(
        staged.map((one) => 'digest' in one && one.digest),
        [0, 1, 2].map((at) => digestOf(`a${at}b${at}`)),
      );
    });

    for (const [size, words] of [
      [100, 'small'],
      [2_500_000, 'large'],
    ] as const) {
      it(`copies ${words} content that is here already, and only when it is the right one`, async (t) => {
        const { work, user, base } = await open(t);
        const text = 'c'.repeat(size);
        user.writeFile(`${base}/templates/a`, text);
        const file = fileAt('a', 'templates');
        const staged = await work.stageCopy('static', digestOf(text), { from: 'tree', file });
        assert.deepEqual('failed' in staged ? staged : [staged.folder, staged.size], ['static', size]);
        const wrong = await work.stageCopy('static', digestOf('other'), { from: 'tree', file });
        assert.equal('failed' in wrong && wrong.failed, 'CONTENT_MISSING');
        const none = await work.stageCopy('static', digestOf(text), { from: 'archive' });
        assert.equal('failed' in none && none.failed, 'CONTENT_MISSING');
        assert.deepEqual(Object.values(textsIn(user, `${base}/state/staging`)), [text]);
      });
    }

    it('copies nothing through a link', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/outside/secret`, 'secret');
      user.symlink(`${base}/outside`, `${base}/static/dir`);
      user.symlink(`${base}/outside/secret`, `${base}/static/link`);
      for (const path of ['dir/secret', 'link']) {
        const copy = await work.stageCopy('static', digestOf('secret'), { from: 'tree', file: fileAt(path) });
        assert.equal('failed' in copy && copy.failed, 'CONTENT_MISSING');
      }
    });

    it('discards what is not needed, and empties staging of what an earlier life left', async (t) => {
      const { work, user, base } = await open(t);
      const staged: Staged[] = [await stageText(work, 'one'), await stageText(work, 'two')];
      await work.discard(staged.slice(0, 1));
      assert.deepEqual(Object.values(textsIn(user, `${base}/state/staging`)), ['two']);
      user.writeFile(`${base}/state/staging/static/left-over`, 'x');
      user.writeFile(`${base}/state/archive/.new-left-over`, 'x');
      await work.sweep();
      assert.deepEqual(textsIn(user, `${base}/state`), {});
    });

    it('answers for a folder that is not configured', async (t) => {
      const { work } = await open(t);
      const [result] = await work.stage([
        { folder: 'elsewhere', digest: digestOf('x'), bytes: Buffer.from('x') },
      ]);
      assert.equal(result && 'failed' in result && result.failed, 'FOLDER_UNKNOWN');
    });
  });
}
