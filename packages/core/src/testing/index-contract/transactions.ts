import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '../../model/error.js';
import type { IndexStore } from '../../ports/index-store.js';
import { digestOf, tombstone } from '../entries.js';
import { fileRow, key, pathsOf, rowOf, type OpenIndex } from './harness.js';

/** What every index does in transactions and over its life. */
export function transactionContract(open: OpenIndex): void {
  describe('transactions', () => {
    it('gives the result of the function', (t) => {
      const { index } = open(t);
      assert.equal(
        index.transact(() => 42),
        42,
      );
    });

    it('shows its own writes before it ends', (t) => {
      const { index } = open(t);
      index.put(fileRow('old'));
      index.transact(() => {
        index.put(fileRow('a'));
        index.put(fileRow('b'));
        assert.equal(index.lastSequence(), 3);
        assert.equal(index.get(key('b'))?.sequence, 3);
        assert.deepEqual(pathsOf(index.after(1, 9)), ['a', 'b']);
        assert.equal(index.totals()[0]?.files, 3);
        const digest = index.liveDigest();
        index.forget(key('b'));
        assert.notEqual(index.liveDigest(), digest);
      });
      assert.equal(index.lastSequence(), 3);
      assert.equal(index.totals()[0]?.files, 2);
    });

    it('takes everything back when the function throws, and passes its error on', (t) => {
      const { index } = open(t);
      index.put(fileRow('a', 'before'));
      fill(index);
      const before = snapshot(index);
      const failure = new Error('on purpose');
      const run = (): void =>
        index.transact(() => {
          index.put(fileRow('a', 'after'));
          index.put(rowOf(tombstone(key('b'))));
          index.forget(key('a'));
          index.markSettled();
          fill(index);
          throw failure;
        });
      assert.throws(run, (error) => error === failure);
      assert.deepEqual(snapshot(index), before);
      assert.equal(index.put(fileRow('next')), 2);
    });

    it('takes back a nested transaction that throws, and keeps the rest', (t) => {
      const { index } = open(t);
      index.transact(() => {
        index.put(fileRow('a'));
        assert.throws(() =>
          index.transact(() => {
            index.put(fileRow('b'));
            index.transact(() => index.put(fileRow('c')));
            throw new Error('on purpose');
          }),
        );
        assert.equal(index.lastSequence(), 1);
        index.transact(() => index.put(fileRow('d')));
      });
      assert.deepEqual(pathsOf(index.after(0, 9)), ['a', 'd']);
      assert.equal(index.lastSequence(), 2);
      assert.equal(index.totals()[0]?.files, 2);
      const digest = index.liveDigest();
      index.put(fileRow('a'));
      assert.equal(index.liveDigest(), digest);
    });

    it('takes back the nested ones when the outer one throws', (t) => {
      const { index } = open(t);
      const before = snapshot(index);
      assert.throws(() =>
        index.transact(() => {
          index.transact(() => index.put(fileRow('a')));
          throw new Error('on purpose');
        }),
      );
      assert.deepEqual(snapshot(index), before);
    });

    it('refuses a function that goes on after it returned', (t) => {
      const { index } = open(t);
      const run = (): unknown =>
        index.transact(() => {
          index.put(fileRow('a'));
          return Promise.resolve();
        });
      assert.throws(run, (error) => isSyncError(error, 'INTERNAL'));
      assert.equal(index.get(key('a')), undefined);
    });

    it('can be used again after a failed transaction', (t) => {
      const { index } = open(t);
      for (let round = 1; round <= 3; round += 1) {
        assert.throws(() =>
          index.transact(() => {
            throw new Error('on purpose');
          }),
        );
        assert.equal(
          index.transact(() => index.put(fileRow('a'))),
          round,
        );
      }
    });
  });

  describe('life', () => {
    it('finds everything again when it is opened anew', (t) => {
      const { index, reopen } = open(t);
      index.put(fileRow('a'));
      index.transact(() => fill(index));
      const before = snapshot(index);
      assert.deepEqual(snapshot(reopen()), before);
    });

    it('keeps its identity when it is opened anew, and shares it with no other', (t) => {
      const { index, reopen } = open(t);
      const { index: other } = open(t);
      assert.match(index.indexId, /^[0-9a-f]{32}$/);
      assert.notEqual(index.indexId, other.indexId);
      assert.equal(reopen().indexId, index.indexId);
    });

    it('is fresh until it is marked as settled, over any number of starts', (t) => {
      const { index, reopen } = open(t);
      assert.equal(index.isFresh, true);
      const second = reopen();
      assert.equal(second.isFresh, true);
      second.markSettled();
      assert.equal(second.isFresh, false);
      assert.equal(reopen().isFresh, false);
    });

    it('takes another identity under another name, keeps its rows and offers them anew to every peer', (t) => {
      const { index, reopen } = open(t);
      index.put(fileRow('a'));
      index.put(fileRow('b'));
      index.markSettled();
      index.peers.save({ name: 'web-9', indexId: 'f'.repeat(32), cursor: 2, baseline: 0, lastContactMs: 77 });
      deferOne(index);
      const renamed = reopen({ node: 'b' });
      assert.notEqual(renamed.indexId, index.indexId);
      assert.deepEqual(pathsOf(renamed.after(0, 9)), ['a', 'b']);
      assert.equal(renamed.isFresh, false);
      assert.deepEqual(renamed.peers.list(), [
        { name: 'web-9', indexId: null, cursor: 0, baseline: 2, lastContactMs: 77 },
      ]);
      assert.deepEqual(renamed.deferred.list(), []);
      assert.equal(reopen({ node: 'b' }).indexId, renamed.indexId);
    });

    it('throws CLOSED once it is closed', (t) => {
      const { index } = open(t);
      index.put(fileRow('a'));
      index.close();
      index.close();
      const uses = [
        () => index.get(key('a')),
        () => index.after(0, 1),
        () => index.lastSequence(),
        () => index.put(fileRow('b')),
        () => index.transact(() => undefined),
        () => index.peers.list(),
      ];
      for (const use of uses) assert.throws(use, (error) => isSyncError(error, 'CLOSED'));
    });
  });
}

function deferOne(index: IndexStore): void {
  index.deferred.save({
    peer: 'web-9',
    ...key('a'),
    sequence: 1,
    code: 'DISK_FULL',
    message: 'full',
    attempts: 1,
    firstMs: 5,
    nextTryMs: 9,
  });
}

/** Puts something into every table beside the entries. */
function fill(index: IndexStore): void {
  index.peers.save({
    name: 'web-9',
    indexId: null,
    cursor: index.lastSequence(),
    baseline: 0,
    lastContactMs: null,
  });
  deferOne(index);
  const { path, folder } = key('held');
  index.holds.add({ folder, reason: 'mass-deletion', peer: null, createdMs: 1, paths: [path] });
  index.archive.add({
    ...key('a'),
    digest: digestOf('old'),
    size: 3,
    mode: 0o644,
    mtimeMs: 1,
    archivedMs: 2,
    reason: 'replaced',
    by: 'web-9',
  });
  index.activity.add([
    {
      atMs: 1,
      kind: 'note',
      folder: null,
      path: null,
      peer: null,
      bytes: 0,
      ms: null,
      code: null,
      message: 'x',
    },
  ]);
}

/** Everything the index says, to be compared. */
function snapshot(index: IndexStore): unknown {
  return {
    rows: index.after(0, 99),
    last: index.lastSequence(),
    digest: index.liveDigest(),
    totals: index.totals(),
    isFresh: index.isFresh,
    peers: index.peers.list(),
    deferred: index.deferred.list(),
    holds: index.holds.list(),
    archive: index.archive.list(),
    activity: index.activity.list(),
  };
}
