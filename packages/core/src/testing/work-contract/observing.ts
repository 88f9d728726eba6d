import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allBytes, digestOf, fileAt, listAll, look, lookAtFile, noRules, type OpenWork } from './harness.js';

/** What every implementation of `Work` shows of the disk. */
export function observingContract(open: OpenWork): void {
  describe('looking at files', () => {
    it('shows digest, size, mode, mtime and content of a file', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/css/a.css`, 'body {}', { mode: 0o640, mtimeMs: 1_700_000_000_456 });
      const seen = await lookAtFile(work, 'css/a.css');
      assert.equal(seen.digest, digestOf('body {}'));
      assert.deepEqual([seen.size, seen.mode, seen.mtimeMs], [7, 0o640, 1_700_000_000_456]);
      assert.equal(Buffer.from(seen.bytes ?? []).toString(), 'body {}');
    });

    it('brings the content of small files only, and answers in the order asked', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/large`, 'x'.repeat(3_000_000));
      user.writeFile(`${base}/static/small`, 'x');
      const files = ['small', 'none', 'large', 'small'].map((path) => fileAt(path));
      const seen = await work.inspect(files, { ...allBytes, keepBytesUpTo: 10 });
      assert.deepEqual(
        seen.map(({ kind }) => kind),
        ['file', 'missing', 'file', 'file'],
      );
      assert.deepEqual(
        seen.map((one) => 'bytes' in one && one.bytes?.length),
        [1, false, false, 1],
      );
      assert.equal(seen[2]?.kind === 'file' && seen[2].digest, digestOf('x'.repeat(3_000_000)));
    });

    it('does not bring the content that is known, but one that has taken its place', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/same`, 'as before');
      user.writeFile(`${base}/static/other`, 'as never before');
      const known = digestOf('as before');
      const seen = await work.inspect(
        ['same', 'other'].map((path) => ({ ...fileAt(path), known })),
        allBytes,
      );
      const texts = seen.map((one) => one.kind === 'file' && one.bytes && Buffer.from(one.bytes).toString());
      assert.deepEqual(texts, [undefined, 'as never before']);
      assert.equal(seen[0]?.kind === 'file' && seen[0].digest, known);
    });

    it('does not read a file that has the stamp of a known content, and reads one that has another', async (t) => {
      const { work, user, base } = await open(t);
      for (const name of ['same', 'other']) user.writeFile(`${base}/static/${name}`, name);
      const { stamp } = await lookAtFile(work, 'same');
      const digest = digestOf('what a reader would not find');
      const seen = await work.inspect(
        ['same', 'other', 'none'].map((path) => ({ ...fileAt(path), unread: { digest, stamp } })),
        allBytes,
      );
      assert.deepEqual(
        seen.map((one) => (one.kind === 'file' ? [one.digest, one.size, one.bytes?.length] : one.kind)),
        [[digest, 4, undefined], [digestOf('other'), 5, 5], 'missing'],
      );
    });

    it('does not mix up files that are looked at side by side', async (t) => {
      const { work, user, base } = await open(t);
      const texts = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(1_500_000));
      for (const [at, text] of texts.entries()) user.writeFile(`${base}/static/${at}`, text);
      const looks = texts.map((_, at) =>
        work.inspect([fileAt(String(at))], { ...allBytes, keepBytesUpTo: 10 }),
      );
      const seen = (await Promise.all(looks)).flat();
      assert.deepEqual(
        seen.map((one) => one.kind === 'file' && one.digest),
        texts.map((text) => digestOf(text)),
      );
    });

    it('counts the directories that are left above a missing file', async (t) => {
      const { work, user, base } = await open(t);
      user.mkdir(`${base}/static/a/b`);
      user.writeFile(`${base}/static/f`, 'x');
      const kept = await Promise.all(
        ['a/b/x', 'a/b/c/d/x', 'a/x', 'x', 'z/x', 'f/x'].map((path) => look(work, path)),
      );
      assert.deepEqual(
        kept,
        [2, 2, 1, 0, 0, 0].map((keptParents) => ({ kind: 'missing', keptParents })),
      );
    });

    it('never takes a folder that vanished for a folder without files', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'x');
      user.remove(`${base}/static`);
      const seen = await look(work, 'a');
      assert.equal(seen.kind === 'unreadable' && seen.code, 'ROOT_MISSING');
    });

    it('shows directories, links and pipes as what they are, and follows none', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/outside/secret`, 'secret');
      user.mkdir(`${base}/static/dir`);
      user.symlink(`${base}/outside/secret`, `${base}/static/link`);
      user.symlink(`${base}/outside`, `${base}/static/linked`);
      user.special('fifo', `${base}/static/pipe`);
      assert.deepEqual(await look(work, 'dir'), { kind: 'directory' });
      assert.deepEqual(await look(work, 'link'), { kind: 'special', what: 'symlink' });
      assert.deepEqual(await look(work, 'linked/secret'), { kind: 'special', what: 'symlink' });
      assert.deepEqual(await look(work, 'pipe'), { kind: 'special', what: 'fifo' });
    });

    it('says that a file is too large instead of reading it', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, '0123456789');
      const seen = await work.inspect([fileAt('a')], { maxFileBytes: 9, keepBytesUpTo: 0 });
      assert.deepEqual(seen, [{ kind: 'too-large', size: 10 }]);
    });
  });

  describe('listing a folder', () => {
    it('lists files with the stamps that a look at them gives', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a`, 'one');
      user.writeFile(`${base}/static/deep/er/b`, 'three', { mode: 0o600, mtimeMs: 1_700_000_000_001 });
      const listing = await listAll(work);
      assert.equal(listing.rootPresent, true);
      assert.equal(listing.rootIdentity, await work.rootIdentity('static'));
      assert.deepEqual(
        listing.all.map(({ path }) => path),
        ['a', 'deep/er/b'],
      );
      for (const file of listing.all) {
        const { stamp } = await lookAtFile(work, file.path);
        assert.deepEqual(file, { path: file.path, stamp });
      }
    });

    it('lists one directory of it', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/a/x`, 'x');
      user.writeFile(`${base}/static/a/b/y`, 'y');
      user.writeFile(`${base}/static/c/z`, 'z');
      const { path } = fileAt('a');
      const listing = await listAll(work, { directory: path, ignore: noRules });
      assert.deepEqual(
        listing.all.map((file) => file.path),
        ['a/b/y', 'a/x'],
      );
      const none = await listAll(work, { directory: fileAt('none').path, ignore: noRules });
      assert.deepEqual([none.rootPresent, none.files], [true, 0]);
    });

    it('leaves out what the rules exclude, says why, and enters no excluded directory', async (t) => {
      const { work, user, base } = await open(t);
      user.writeFile(`${base}/static/app.db`, 'x');
      user.writeFile(`${base}/static/node_modules/a/index.js`, 'x');
      user.writeFile(`${base}/static/big`, 'x'.repeat(11));
      user.writeFile(`${base}/static/CON`, 'x');
      user.writeFile(`${base}/static/kept`, 'x');
      user.symlink(`${base}/outside`, `${base}/static/link`);
      const listing = await listAll(work, { ignore: { ...noRules, maxFileBytes: 10 } });
      assert.deepEqual(
        listing.all.map(({ path }) => path),
        ['kept'],
      );
      const reasons = Object.fromEntries(listing.skipped.map(({ path, reason }) => [path, reason]));
      assert.deepEqual(reasons, {
        'app.db': 'Skipping file due to excluded extension',
        node_modules: 'Skipping file due to excluded folder',
        big: 'Skipping file due to size',
        CON: 'Skipping file due to invalid path',
        link: 'Skipping file due to file type',
      });
      assert.equal(listing.skipped.find(({ path }) => path === 'big')?.size, 11);
    });

    it('tells a missing root and one that was replaced', async (t) => {
      const { work, user, base } = await open(t);
      const before = await work.rootIdentity('static');
      user.rename(`${base}/static`, `${base}/moved`);
      assert.equal(await work.rootIdentity('static'), null);
      assert.deepEqual(await listAll(work), {
        rootPresent: false,
        rootIdentity: null,
        files: 0,
        all: [],
        skipped: [],
        unreadable: [],
      });
      user.mkdir(`${base}/static`);
      assert.notEqual(await work.rootIdentity('static'), before);
    });

    it('gives thousands of files in pages, one after the other', async (t) => {
      const { work, user, base } = await open(t);
      for (let index = 0; index < 2_500; index += 1)
        user.writeFile(`${base}/static/d${index % 7}/f${index}`, 'x');
      const pages: number[] = [];
      let isTaking = false;
      const { files } = await work.list('static', { ignore: noRules }, async (page) => {
        assert.equal(isTaking, false);
        isTaking = true;
        // Meanwhile the disk can be asked for other things.
        await work.rootIdentity('static');
        isTaking = false;
        pages.push(page.length);
      });
      assert.deepEqual([files, pages], [2_500, [1_000, 1_000, 500]]);
    });

    it('gives files in the order of the bytes of their paths', async (t) => {
      const { work, user, base } = await open(t);
      const paths = ['a-b', 'a.d/x', 'a/b-c', 'a/b/c', 'a/b.c', 'a0', 'B', 'é', '\u{ffee}', '😀/x', '😀-'];
      for (const path of paths) user.writeFile(`${base}/static/${path}`, 'x');
      const { all } = await listAll(work);
      const sorted = [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(
        all.map(({ path }) => path),
        sorted,
      );
    });

    it('fails as whoever takes the pages in fails, and lists again after that', async (t) => {
      const { work, user, base } = await open(t);
      for (let index = 0; index < 1_100; index += 1) user.writeFile(`${base}/static/d/f${index}`, 'x');
      const failure = new Error('There is no room for them.');
      let calls = 0;
      const failing = work.list('static', { ignore: noRules }, () => {
        calls += 1;
        return Promise.reject(failure);
      });
      await assert.rejects(failing, failure);
      assert.equal(calls, 1);
      assert.equal((await listAll(work)).all.length, 1_100);
    });
  });
}
