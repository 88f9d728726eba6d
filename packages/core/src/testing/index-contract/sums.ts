import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, fileKey, liveEntry, tombstone, versionOf } from '../entries.js';
import { createSeededRandom } from '../seeded-random.js';
import { fileRow, key, rowOf, type OpenIndex } from './harness.js';

/** What every index adds up. */
export function sumContract(open: OpenIndex): void {
  describe('totals and live digest', () => {
    it('adds up files, bytes and tombstones of each folder', (t) => {
      const { index, reopen } = open(t);
      assert.deepEqual(index.totals(), []);
      index.put(fileRow('a', 'four'));
      index.put(fileRow('b', 'seven b'));
      index.put(fileRow('a', 'and now nineteen by'));
      index.put(rowOf(tombstone(key('c'))));
      index.put(rowOf(liveEntry('', fileKey('instance', 'empty'))));
      const totals = [
        { folder: 'instance', files: 1, bytes: 0, tombstones: 0 },
        { folder: 'static', files: 2, bytes: 26, tombstones: 1 },
      ];
      assert.deepEqual(index.totals(), totals);
      assert.deepEqual(reopen().totals(), totals);
    });

    it('takes deleted and forgotten rows out of the totals', (t) => {
      const { index } = open(t);
      index.put(fileRow('a', 'four'));
      index.put(rowOf(tombstone(key('a'))));
      assert.deepEqual(index.totals(), [{ folder: 'static', files: 0, bytes: 0, tombstones: 1 }]);
      index.put(fileRow('a', 'back'));
      assert.deepEqual(index.totals(), [{ folder: 'static', files: 1, bytes: 4, tombstones: 0 }]);
      index.forget(key('a'));
      assert.deepEqual(index.totals(), []);
    });

    it('has an equal live digest where the live files are equal, whatever the way there', (t) => {
      const { index: one } = open(t);
      const { index: other, reopen } = open(t);
      for (const path of ['a', 'b', 'c']) one.put(fileRow(path));
      for (const path of ['c', 'x', 'a']) other.put(fileRow(path));
      assert.notEqual(one.liveDigest(), other.liveDigest());
      other.put(rowOf(tombstone(key('x'))));
      other.put(fileRow('b', 'something else first'));
      other.put(fileRow('b', 'b', { stamp: 'its own', learnedFrom: 'web-2', recordedMs: 5 }));
      assert.match(one.liveDigest(), /^[0-9a-f]{32}$/);
      assert.equal(other.liveDigest(), one.liveDigest());
      assert.equal(reopen().liveDigest(), one.liveDigest());
    });

    it('has a live digest of zeros when nothing lives', (t) => {
      const { index } = open(t);
      assert.equal(index.liveDigest(), '0'.repeat(32));
      index.put(fileRow('a'));
      index.put(rowOf(tombstone(key('b'))));
      index.forget(key('a'));
      assert.equal(index.liveDigest(), '0'.repeat(32));
    });

    it('has another live digest when anything that travels differs', (t) => {
      const { index } = open(t);
      const entry = liveEntry('x');
      const variants = [
        entry,
        { ...entry, ...fileKey('static', 'page2.html') },
        { ...entry, folder: 'templates' },
        { ...entry, digest: digestOf('y') },
        { ...entry, version: versionOf({ a: 2 }) },
        { ...entry, version: versionOf({ b: 1 }) },
        { ...entry, mode: 0o600 },
        { ...entry, mtimeMs: 1_001 },
      ];
      const digests = variants.map((variant) => {
        index.put(rowOf(variant));
        const digest = index.liveDigest();
        index.forget(variant);
        return digest;
      });
      assert.equal(new Set(digests).size, variants.length);
    });

    it('does not care in which order a version names its nodes', (t) => {
      const { index } = open(t);
      index.put(rowOf(liveEntry('x', { version: versionOf({ a: 1, b: 2 }) })));
      const before = index.liveDigest();
      index.put(rowOf(liveEntry('x', { version: versionOf({ b: 2, a: 1 }) })));
      assert.equal(index.liveDigest(), before);
    });

    it('keeps sums that agree with the rows through any sequence of changes', (t) => {
      const seed = 20_250_101;
      const random = createSeededRandom(seed);
      const { index } = open(t);
      const { index: rebuilt } = open(t);
      for (let step = 0; step < 400; step += 1) {
        const path = `f${random.below(12)}`;
        const roll = random.below(4);
        if (roll === 0) index.forget(key(path));
        else if (roll === 1) index.put(rowOf(tombstone(key(path))));
        else index.put(fileRow(path, 'x'.repeat(random.below(5))));
      }
      for (const { sequence: _, ...row } of index.rows('static')) rebuilt.put(row);
      assert.deepEqual(index.totals(), rebuilt.totals(), `seed ${seed}`);
      assert.equal(index.liveDigest(), rebuilt.liveDigest(), `seed ${seed}`);
      assert.notEqual(index.liveDigest(), '0'.repeat(32), `seed ${seed}`);
    });
  });
}
