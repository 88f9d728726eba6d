import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '../../model/error.js';
import { fileRow, key, type OpenIndex } from './harness.js';

/** What every index does with reads that run together. */
export function readingContract(open: OpenIndex): void {
  describe('reads that run together', () => {
    it('gives what they read, within a transaction with what it wrote', (t) => {
      const { index } = open(t);
      index.put(fileRow('a'));
      const both = (): unknown[] => ['a', 'b'].map((path) => index.get(key(path))?.sequence);
      assert.deepEqual(index.readTogether(both), [1, undefined]);
      index.transact(() => {
        index.put(fileRow('b'));
        assert.deepEqual(index.readTogether(both), [1, 2]);
      });
      assert.deepEqual(
        index.readTogether(() => index.readTogether(both)),
        [1, 2],
      );
    });

    it('pass an error on, may not go on after they returned, and leave the index usable', (t) => {
      const { index } = open(t);
      const fail = (): never => {
        throw new Error('on purpose');
      };
      assert.throws(() => index.readTogether(fail), /on purpose/);
      assert.throws(
        () => index.readTogether(() => Promise.resolve()),
        (error) => isSyncError(error, 'INTERNAL'),
      );
      assert.equal(index.put(fileRow('a')), 1);
    });
  });
}
