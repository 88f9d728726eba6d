import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, fileKey, liveEntry, tombstone, versionOf } from '../entries.js';
import { fileRow, key, pathsOf, rowOf, type OpenIndex } from './harness.js';

/** What every index does with entries. */
export function entryContract(open: OpenIndex): void {
  describe('entries', () => {
    it('gives back every field of a live file', (t) => {
      const { index } = open(t);
      const entry = liveEntry('hello', {
        ...fileKey('templates', 'a b/ü "quoted" 100%_\u{1f600}.html'),
        version: versionOf({ 'web-2': 1_780_000_000, 'web-1': 3 }),
        modifiedMs: 1_780_000_000_123,
        modifiedBy: 'web-2',
        mode: 0o600,
        mtimeMs: -1,
      });
      const row = rowOf(entry, { stamp: '5:1:2:3', learnedFrom: 'web-3', recordedMs: 1_790_000_000_000 });
      const sequence = index.put(row);
      assert.deepEqual(index.get(entry), { ...row, sequence });
    });

    it('gives back every field of a tombstone', (t) => {
      const { index } = open(t);
      for (const released of [true, false]) {
        const row = rowOf(tombstone({ keptParents: 2, released }), { learnedFrom: 'web-3' });
        const sequence = index.put(row);
        assert.deepEqual(index.get(row.entry), { ...row, sequence });
      }
    });

    it('keeps the empty version and a node named __proto__', (t) => {
      const { index } = open(t);
      const versions = [new Map(), new Map([['__proto__', 7]])];
      for (const version of versions) {
        index.put(rowOf(liveEntry('x', { version })));
        assert.deepEqual(index.get(key('page.html'))?.entry.version, version);
      }
    });

    it('knows nothing of a path that was never put, or in another folder', (t) => {
      const { index } = open(t);
      index.put(fileRow('page.html'));
      assert.equal(index.get(key('other.html')), undefined);
      assert.equal(index.get(fileKey('templates', 'page.html')), undefined);
    });

    it('replaces the old row of a path under the next sequence', (t) => {
      const { index } = open(t);
      assert.deepEqual(
        [index.put(fileRow('a', '1')), index.put(fileRow('b', '2')), index.put(fileRow('a', '3'))],
        [1, 2, 3],
      );
      assert.deepEqual(pathsOf(index.after(0, 10)), ['b', 'a']);
      assert.equal(index.lastSequence(), 3);
      assert.equal(index.rows('static').length, 2);
    });

    it('pages through the outbox in the order of changes', (t) => {
      const { index } = open(t);
      for (const path of ['c', 'a', 'b', 'd']) index.put(fileRow(path));
      index.put(fileRow('a', 'again'));
      assert.deepEqual(pathsOf(index.after(0, 2)), ['c', 'b']);
      assert.deepEqual(pathsOf(index.after(3, 2)), ['d', 'a']);
      assert.deepEqual(pathsOf(index.after(4, 2)), ['a']);
      assert.deepEqual(index.after(5, 2), []);
      assert.deepEqual(index.after(0, 0), []);
    });

    it('counts what is left in the outbox', (t) => {
      const { index } = open(t);
      for (const path of ['a', 'b', 'c', 'a']) index.put(fileRow(path));
      assert.deepEqual(
        [0, 2, 3, 4, 99].map((sequence) => index.countAfter(sequence)),
        [3, 2, 1, 0, 0],
      );
    });

    it('gives the rows of a folder by path', (t) => {
      const { index } = open(t);
      for (const path of ['b', 'a/z', 'a', 'a.txt', 'B']) index.put(fileRow(path));
      index.put(rowOf(liveEntry('x', fileKey('templates', 'aa'))));
      assert.deepEqual(pathsOf(index.rows('static')), ['B', 'a', 'a.txt', 'a/z', 'b']);
      assert.deepEqual(index.rows('instance'), []);
    });

    it('gives the rows below a directory, however deep, and not those of its neighbours', (t) => {
      const { index } = open(t);
      for (const path of ['a', 'a.b', 'a-b/x', 'a/b', 'a/b/c', 'a0/x', 'aa/x', 'A/x'])
        index.put(fileRow(path));
      assert.deepEqual(pathsOf(index.rows('static', key('a').path)), ['a/b', 'a/b/c']);
      assert.deepEqual(pathsOf(index.rows('static', key('a/b').path)), ['a/b/c']);
    });

    it('takes no character of a directory as a pattern', (t) => {
      const { index } = open(t);
      for (const path of ['%/x', '_/x', 'q/x', '[a]/x']) index.put(fileRow(path));
      for (const directory of ['%', '_', '[a]']) {
        assert.deepEqual(pathsOf(index.rows('static', key(directory).path)), [`${directory}/x`]);
      }
    });

    it('orders paths by their bytes, beyond U+FFFF too', (t) => {
      const { index } = open(t);
      const paths = ['z', '\u{1f600}', '\uffe5', 'é'];
      for (const path of paths) index.put(fileRow(path));
      assert.deepEqual(pathsOf(index.rows('static')), ['z', 'é', '\uffe5', '\u{1f600}']);
    });

    it('pages through the stamps of a folder and of a directory', (t) => {
      const { index } = open(t);
      for (const path of ['a', 'd/1', 'd/2', 'd/3', 'e'])
        index.put(fileRow(path, path, { stamp: `of ${path}` }));
      index.put(rowOf(tombstone(key('d/2'))));
      const stamp = (path: string) => ({ path: key(path).path, stamp: `of ${path}`, state: 'live' as const });
      const folder = 'static';
      const directory = key('d').path;
      assert.deepEqual(index.stamps({ folder, after: null, limit: 2 }), [stamp('a'), stamp('d/1')]);
      assert.deepEqual(index.stamps({ folder, after: key('d/1').path, limit: 2 }), [
        { path: key('d/2').path, stamp: null, state: 'deleted' },
        stamp('d/3'),
      ]);
      assert.deepEqual(index.stamps({ folder, after: key('e').path, limit: 2 }), []);
      assert.deepEqual(index.stamps({ folder, directory, after: null, limit: 1 }), [stamp('d/1')]);
      assert.deepEqual(index.stamps({ folder, directory, after: key('d/2').path, limit: 9 }), [stamp('d/3')]);
      assert.deepEqual(index.stamps({ folder, directory, after: key('d/3').path, limit: 9 }), []);
    });

    it('finds live files by their content', (t) => {
      const { index } = open(t);
      index.put(fileRow('a', 'same'));
      index.put(fileRow('b', 'same'));
      index.put(fileRow('c', 'other'));
      index.put(fileRow('d', 'same'));
      index.put(rowOf(tombstone(key('a'))));
      assert.deepEqual(pathsOf(index.withDigest(digestOf('same'), 10)), ['b', 'd']);
      assert.deepEqual(pathsOf(index.withDigest(digestOf('same'), 1)), ['b']);
      const [first] = index.withDigest(digestOf('same'), 1);
      assert.deepEqual(pathsOf(index.withDigest(digestOf('same'), 10, first?.sequence)), ['d']);
      assert.deepEqual(index.withDigest(digestOf('unknown'), 10), []);
    });

    it('changes a stamp without a new sequence', (t) => {
      const { index } = open(t);
      index.put(fileRow('a'));
      const before = index.liveDigest();
      index.restamp(key('a'), 'new');
      index.restamp(key('unknown'), 'new');
      assert.equal(index.get(key('a'))?.stamp, 'new');
      assert.equal(index.get(key('unknown')), undefined);
      assert.equal(index.lastSequence(), 1);
      assert.equal(index.liveDigest(), before);
      index.restamp(key('a'), null);
      assert.equal(index.get(key('a'))?.stamp, null);
    });

    it('forgets a row for good, and never gives its sequence again', (t) => {
      const { index, reopen } = open(t);
      index.put(fileRow('a'));
      index.put(rowOf(tombstone(key('b'))));
      index.forget(key('b'));
      index.forget(key('never there'));
      assert.equal(index.get(key('b')), undefined);
      assert.deepEqual(pathsOf(index.after(0, 10)), ['a']);
      assert.equal(index.lastSequence(), 2);
      const again = reopen();
      assert.equal(again.lastSequence(), 2);
      assert.equal(again.put(fileRow('c')), 3);
    });
  });
}
