import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileRow, key, type OpenIndex } from './harness.js';

/** What every index does with transactions that are not flushed by themselves. */
export function lazyContract(open: OpenIndex): void {
  describe('lazy transactions', () => {
    it('keeps a lazy one over a reopening, and takes it back when it throws', (t) => {
      const { index, reopen } = open(t);
      index.transact(() => index.put(fileRow('kept')), { lazy: true });
      assert.throws(() =>
        index.transact(
          () => {
            index.put(fileRow('lost'));
            throw new Error('stop');
          },
          { lazy: true },
        ),
      );
      const again = reopen();
      assert.ok(again.get(key('kept')));
      assert.equal(again.get(key('lost')), undefined);
    });
  });
}
