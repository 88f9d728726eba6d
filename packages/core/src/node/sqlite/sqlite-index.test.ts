import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import Database from 'better-sqlite3';
import { isSyncError } from '../../model/error.js';
import { fileRow, key, pathsOf } from '../../testing/index-contract/harness.js';
import { indexContract } from '../../testing/index-contract.js';
import { createMemoryIndex } from '../../testing/memory-index.js';
import { systemRandom } from '../random.js';
import { startChild } from './child.test.support.js';
import { createBench } from './temporary.test.support.js';

for (const durability of ['fsync', 'os'] as const) {
  indexContract(`index in SQLite, durability ${durability}`, (t) => {
    const bench = createBench(t);
    let current = bench.open({ durability });
    return {
      index: current,
      clock: bench.clock,
      reopen: (options) => {
        current.close();
        current = bench.open({ durability, ...options });
        return current;
      },
    };
  });
}

describe('index in SQLite', () => {
  it('makes files that only their owner may read', (t) => {
    const { file, open } = createBench(t);
    open().put(fileRow('a'));
    for (const name of [file, `${file}-wal`, `${file}-shm`])
      assert.equal(statSync(name).mode & 0o777, 0o600, name);
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  });

  it('has the live digest that the index in memory has', (t) => {
    const { clock, open } = createBench(t);
    const memory = createMemoryIndex({ node: 'b', random: systemRandom, clock });
    const index = open();
    for (const store of [memory, index]) for (const path of ['a', 'b']) store.put(fileRow(path));
    assert.equal(index.liveDigest(), memory.liveDigest());
  });

  it('says in the log that a state directory was cloned', (t) => {
    const { lines, open } = createBench(t);
    open().close();
    assert.deepEqual(lines, []);
    open({ node: 'b' });
    assert.match(lines.join('\n'), /^warn: The index was made by another node: a cloned state directory/);
  });

  it('refuses the state directory of a server that runs under another name, and leaves it as it is', (t) => {
    const { open } = createBench(t);
    const running = open();
    assert.throws(
      () => open({ node: 'b' }),
      (error) => isSyncError(error, 'STATE_IN_USE') && error.message.includes('LOCKSTEP_STATE_DIR'),
    );
    running.put(fileRow('a'));
    running.close();
    const again = open();
    assert.equal(again.indexId, running.indexId);
    assert.equal(again.lastSequence(), 1);
  });

  it('refuses to write when its file was removed while it was open', (t) => {
    const { file, open } = createBench(t);
    const index = open();
    index.put(fileRow('a'));
    rmSync(dirname(file), { recursive: true });
    assert.throws(
      () => index.put(fileRow('b')),
      (error) => isSyncError(error, 'INDEX_DAMAGED') && error.message.includes('moved or removed'),
    );
  });

  it('answers NOT_PERMITTED, without a path, when the file cannot be opened', (t) => {
    const { file, open } = createBench(t);
    mkdirSync(file, { recursive: true });
    assert.throws(open, (error) => {
      assert.ok(isSyncError(error, 'NOT_PERMITTED'));
      assert.ok(!JSON.stringify(error).includes(dirname(file)), error.message);
      return true;
    });
  });

  it('refuses the database of another program and leaves it as it is', (t) => {
    const { file, open } = createBench(t);
    mkdirSync(dirname(file), { recursive: true });
    const other = new Database(file);
    other.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (42)');
    other.close();
    assert.throws(
      open,
      (error) => isSyncError(error, 'STORAGE_FAILED') && error.message.includes('another program'),
    );
    const again = new Database(file);
    t.after(() => again.close());
    assert.deepEqual(again.prepare('SELECT x FROM theirs').all(), [{ x: 42 }]);
    assert.equal(again.pragma('journal_mode', { simple: true }), 'delete');
  });

  it('refuses an index that a newer release made and leaves it as it is', (t) => {
    const { file, open } = createBench(t);
    open().close();
    const newer = new Database(file);
    newer.pragma('user_version = 99');
    newer.close();
    assert.throws(
      open,
      (error) => isSyncError(error, 'STORAGE_FAILED') && error.message.includes('version 99'),
    );
    const again = new Database(file);
    t.after(() => again.close());
    assert.equal(again.pragma('user_version', { simple: true }), 99);
  });
});

describe('index in SQLite shared by processes', () => {
  it('keeps nothing of a transaction whose process was killed, and all of those before', async (t) => {
    const { file, open } = createBench(t);
    const child = startChild(t, 'hang-in-transaction', file);
    assert.equal(await child.line(), 'inside');
    await child.kill();
    const index = open();
    assert.deepEqual(pathsOf(index.after(0, 9)), ['finished']);
    assert.equal(index.lastSequence(), 1);
    assert.deepEqual(index.totals(), [{ folder: 'static', files: 1, bytes: 8, tombstones: 0 }]);
    assert.equal(index.put(fileRow('next')), 2);
  });

  it('shows others nothing of a transaction that is not finished', async (t) => {
    const { file, open } = createBench(t);
    const child = startChild(t, 'hang-in-transaction', file);
    assert.equal(await child.line(), 'inside');
    const index = open();
    assert.deepEqual(pathsOf(index.rows('static')), ['finished']);
    await child.kill();
  });

  it('gives no sequence twice, and keeps its sums, when several processes open it new and write at once', async (t) => {
    const { file, open } = createBench(t);
    const children = ['one', 'two', 'three'].map((name) => startChild(t, 'write', file, name));
    await Promise.all(children.map((child) => child.line()));
    const given = (await Promise.all(children.map((child) => child.line())))
      .map((line) => JSON.parse(line) as number[])
      .flat();
    assert.equal(given.length, 600);
    assert.equal(new Set(given).size, 600);

    const index = open();
    const rows = index.rows('static');
    assert.equal(rows.length, 601);
    assert.equal(index.lastSequence(), 720);
    assert.equal(index.after(0, 999).at(-1)?.sequence, 720);
    const rebuilt = createMemoryIndex({ node: 'b', random: systemRandom, clock: createBench(t).clock });
    for (const { sequence: _, ...row } of rows) rebuilt.put(row);
    assert.deepEqual(index.totals(), rebuilt.totals());
    assert.equal(index.liveDigest(), rebuilt.liveDigest());
  });

  it('sees at once what another connection wrote', (t) => {
    const { open } = createBench(t);
    const [one, other] = [open(), open()];
    assert.equal(one.indexId, other.indexId);
    one.put(fileRow('a'));
    assert.equal(other.get(key('a'))?.sequence, 1);
    assert.equal(other.put(fileRow('b')), 2);
    assert.equal(one.lastSequence(), 2);
    assert.equal(one.liveDigest(), other.liveDigest());
    one.markSettled();
    assert.equal(other.isFresh, false);
  });
});
