import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeferredRow, PeerRow } from '../../ports/index-tables.js';
import { key, type OpenIndex } from './harness.js';

const peer: PeerRow = {
  name: 'web-2',
  indexId: 'f'.repeat(32),
  cursor: 7,
  baseline: 3,
  lastContactMs: 1_780_000_000_000,
};

function deferredRow(path: string, fields: Partial<DeferredRow> = {}): DeferredRow {
  const base = {
    sequence: 1,
    code: 'DISK_FULL',
    message: 'no space',
    attempts: 1,
    firstMs: 100,
    nextTryMs: 200,
  } as const;
  return { peer: 'web-2', ...key(path), ...base, ...fields };
}

const pathsOf = (rows: readonly DeferredRow[]): string[] => rows.map((row) => row.path);

/** What every index remembers of peers. */
export function peerContract(open: OpenIndex): void {
  describe('peers', () => {
    it('keeps one row per peer, by name', (t) => {
      const { index, reopen } = open(t);
      index.peers.save({ ...peer, name: 'web-3', indexId: null, lastContactMs: null });
      index.peers.save(peer);
      index.peers.save({ ...peer, cursor: 8 });
      const rows = [
        { ...peer, cursor: 8 },
        { ...peer, name: 'web-3', indexId: null, lastContactMs: null },
      ];
      assert.deepEqual(index.peers.list(), rows);
      assert.deepEqual(index.peers.get('web-2'), rows[0]);
      assert.equal(index.peers.get('web-4'), undefined);
      assert.deepEqual(reopen().peers.list(), rows);
    });

    it('forgets a removed peer and what was deferred for it', (t) => {
      const { index } = open(t);
      index.peers.save(peer);
      index.peers.save({ ...peer, name: 'web-3' });
      index.deferred.save(deferredRow('a'));
      index.deferred.save(deferredRow('a', { peer: 'web-3' }));
      index.peers.remove('web-2');
      assert.deepEqual(
        index.peers.list().map((row) => row.name),
        ['web-3'],
      );
      assert.deepEqual(index.deferred.list(), [deferredRow('a', { peer: 'web-3' })]);
    });
  });

  describe('deferred rows', () => {
    it('keeps one row per peer and file', (t) => {
      const { index, reopen } = open(t);
      index.deferred.save(deferredRow('a'));
      const newer = deferredRow('a', {
        sequence: 5,
        code: 'NOT_PERMITTED',
        message: 'no',
        attempts: 2,
        nextTryMs: 900,
      });
      index.deferred.save(newer);
      index.deferred.save(deferredRow('a', { peer: 'web-3' }));
      assert.equal(index.deferred.count('web-2'), 1);
      assert.deepEqual(index.deferred.list('web-2'), [newer]);
      assert.deepEqual(reopen().deferred.list('web-2'), [newer]);
    });

    it('gives what is due, the longest due first', (t) => {
      const { index } = open(t);
      index.deferred.save(deferredRow('late', { nextTryMs: 300 }));
      index.deferred.save(deferredRow('soon', { nextTryMs: 100, sequence: 9 }));
      index.deferred.save(deferredRow('also soon', { nextTryMs: 100, sequence: 8 }));
      index.deferred.save(deferredRow('other', { nextTryMs: 50, peer: 'web-3' }));
      assert.deepEqual(pathsOf(index.deferred.due('web-2', 99, 9)), []);
      assert.deepEqual(pathsOf(index.deferred.due('web-2', 100, 9)), ['also soon', 'soon']);
      assert.deepEqual(pathsOf(index.deferred.due('web-2', 300, 2)), ['also soon', 'soon']);
      assert.deepEqual(pathsOf(index.deferred.due('web-2', 300, 9)), ['also soon', 'soon', 'late']);
      assert.equal(index.deferred.nextTryMs('web-2'), 100);
      assert.equal(index.deferred.nextTryMs('web-4'), null);
    });

    it('ends the deferral of one file of one peer', (t) => {
      const { index } = open(t);
      index.deferred.save(deferredRow('a'));
      index.deferred.save(deferredRow('b'));
      index.deferred.save(deferredRow('a', { peer: 'web-3' }));
      index.deferred.remove('web-2', key('a'));
      index.deferred.remove('web-2', key('never deferred'));
      assert.deepEqual(pathsOf(index.deferred.list('web-2')), ['b']);
      assert.equal(index.deferred.count('web-3'), 1);
    });

    it('lists what failed last first', (t) => {
      const { index } = open(t);
      index.deferred.save(deferredRow('old', { firstMs: 1 }));
      index.deferred.save(deferredRow('new', { firstMs: 3 }));
      index.deferred.save(deferredRow('middle', { firstMs: 2, peer: 'web-3' }));
      assert.deepEqual(pathsOf(index.deferred.list()), ['new', 'middle', 'old']);
      assert.deepEqual(pathsOf(index.deferred.list(undefined, 2)), ['new', 'middle']);
      assert.deepEqual(pathsOf(index.deferred.list('web-2', 1)), ['new']);
    });

    it('makes the rows of one peer due now, or of all', (t) => {
      const { index, clock } = open(t);
      const nowMs = clock.now();
      for (const name of ['web-2', 'web-3']) {
        index.deferred.save(deferredRow('a', { peer: name, nextTryMs: nowMs + 5_000 }));
        index.deferred.save(deferredRow('due', { peer: name, nextTryMs: nowMs - 5 }));
      }
      index.deferred.hasten('web-2');
      assert.deepEqual(pathsOf(index.deferred.due('web-2', nowMs, 9)), ['due', 'a']);
      assert.deepEqual(pathsOf(index.deferred.due('web-3', nowMs, 9)), ['due']);
      index.deferred.hasten();
      assert.equal(index.deferred.due('web-3', nowMs, 9).length, 2);
    });
  });
}
