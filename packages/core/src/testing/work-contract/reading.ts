import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, fileAt, type OpenWork } from './harness.js';

/** How every implementation of `Work` reads files for the peers. */
export function readingContract(open: OpenWork): void {
  describe('reading files', () => {
    it('reads whole files, but not one whose content is no longer the given', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'one');
      user.writeFile(`${base}/static/b`, 'changed');
      const digest = digestOf('one');
      const read = await work.read([
        { ...fileAt('a'), digest },
        { ...fileAt('b'), digest },
        { ...fileAt('c'), digest },
      ]);
      assert.deepEqual(
        read.map((bytes) => (bytes === null ? null : Buffer.from(bytes).toString())),
        ['one', null, null],
      );
    });

    it('reads whole files of every size side by side', async (t) => {
      const { work, user, base } = await open(t);
      const texts = [0, 1, 65_535, 65_536, 200_000, 2_000_000].map((size) => 'x'.repeat(size));
      for (const [at, text] of texts.entries()) user.writeFile(`${base}/static/${at}`, text);
      const files = texts.map((text, at) => ({ ...fileAt(String(at)), digest: digestOf(text) }));
      const [read, again] = await Promise.all([work.read(files), work.read(files)]);
      for (const all of [read, again])
        assert.deepEqual(
          all.map((bytes) => bytes && digestOf(bytes)),
          files.map(({ digest }) => digest),
        );
    });

    it('reads a file in parts and tells when it was changed meanwhile', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, '0123456789');
      assert.equal(await work.readOpen({ ...fileAt('a'), size: 9 }), null);
      assert.equal(await work.readOpen({ ...fileAt('b'), size: 9 }), null);
      const opened = await work.readOpen({ ...fileAt('a'), size: 10 });
      assert.ok(opened);
      assert.equal(Buffer.from(await work.readPart(opened.id, 4, 3)).toString(), '456');
      assert.equal(Buffer.from(await work.readPart(opened.id, 8, 100)).toString(), '89');
      const memory = new SharedArrayBuffer(4);
      const part = await work.readPart(opened.id, 5, 3, memory);
      assert.equal(part.buffer.byteLength, 4);
      assert.equal(Buffer.from(part).toString(), '567');
      assert.equal(Buffer.from(memory, 0, 3).toString(), '567');
      assert.equal(Buffer.from(await work.readPart(opened.id, 1, 100, memory)).toString(), '1234');
      assert.equal((await work.readPart(opened.id, 10, 4, memory)).length, 0);
      assert.deepEqual(await work.readClose(opened.id), { changed: false });
      const again = await work.readOpen({ ...fileAt('a'), size: 10 });
      assert.ok(again);
      user.writeFile(`${base}/static/a`, '01234567890', { inPlace: true });
      assert.deepEqual(await work.readClose(again.id), { changed: true });
    });
  });
}
