import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '../model/error.js';
import { createFakeClock } from './fake-clock.js';
import { fileRow, pathsOf } from './index-contract/harness.js';
import { indexContract } from './index-contract.js';
import { createMemoryIndex, type MemoryIndex } from './memory-index.js';
import { createSeededRandom } from './seeded-random.js';

let opened = 0;

function openMemory(): MemoryIndex {
  opened += 1;
  return createMemoryIndex({ node: 'a', random: createSeededRandom(opened), clock: createFakeClock() });
}

indexContract('index in memory', () => {
  const clock = createFakeClock();
  opened += 1;
  const index = createMemoryIndex({ node: 'a', random: createSeededRandom(opened), clock });
  let current = index;
  return {
    index,
    clock,
    reopen: (options) => {
      current.close();
      current = current.crash(options);
      return current;
    },
  };
});

describe('faults of the index in memory', () => {
  it('keeps finished transactions in a crash and loses the one that was open', () => {
    const index = openMemory();
    index.put(fileRow('a'));
    let next: MemoryIndex | undefined;
    const crash = (): void =>
      index.transact(() => {
        index.put(fileRow('b'));
        next = index.crash();
      });
    assert.throws(crash, (error) => isSyncError(error, 'CLOSED'));
    assert.deepEqual(pathsOf(next?.after(0, 9) ?? []), ['a']);
    assert.equal(next?.lastSequence(), 1);
    assert.throws(
      () => index.put(fileRow('c')),
      (error) => isSyncError(error, 'CLOSED'),
    );
  });

  it('counts the lazy transactions that no durable one followed', () => {
    const index = openMemory();
    index.transact(() => index.put(fileRow('a')), { lazy: true });
    index.transact(() => index.put(fileRow('b')), { lazy: true });
    assert.equal(index.unflushed, 2);
    index.put(fileRow('c'));
    assert.equal(index.unflushed, 0);
  });

  it('loses the last transactions in a power cut', () => {
    const index = openMemory();
    index.put(fileRow('a'));
    const digest = index.liveDigest();
    index.transact(() => {
      index.put(fileRow('a', 'newer'));
      index.put(fileRow('b'));
    });
    index.put(fileRow('c'));
    const next = index.powerCut({ loseLastTransactions: 2 });
    assert.deepEqual(pathsOf(next.after(0, 9)), ['a']);
    assert.equal(next.liveDigest(), digest);
    assert.equal(next.put(fileRow('d')), 2);
  });

  it('loses no more than there is', () => {
    const index = openMemory();
    index.put(fileRow('a'));
    assert.deepEqual(index.powerCut({ loseLastTransactions: 9 }).after(0, 9), []);
  });

  it('goes its own way after a copy', () => {
    const index = openMemory();
    index.put(fileRow('a'));
    const backup = index.copy();
    const clone = index.copy({ node: 'b' });
    index.put(fileRow('b'));
    backup.put(fileRow('c'));
    assert.deepEqual(pathsOf(index.after(0, 9)), ['a', 'b']);
    assert.deepEqual(pathsOf(backup.after(0, 9)), ['a', 'c']);
    assert.deepEqual(pathsOf(clone.after(0, 9)), ['a']);
    assert.equal(backup.indexId, index.indexId);
    assert.notEqual(clone.indexId, index.indexId);
  });
});
