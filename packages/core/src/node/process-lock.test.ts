import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isSyncError } from '../model/error.js';
import { acquireProcessLock } from './process-lock.js';
import { startChild } from './sqlite/child.test.support.js';
import { temporaryDirectory } from './sqlite/temporary.test.support.js';

describe('acquireProcessLock', () => {
  it('is held by one at a time, also within one process', (t) => {
    const file = join(temporaryDirectory(t), 'state', 'sender.lock');
    const first = acquireProcessLock(file);
    assert.ok(first);
    assert.equal(acquireProcessLock(file), null);
    first.release();
    first.release();
    const second = acquireProcessLock(file);
    assert.ok(second);
    second.release();
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is refused while another process holds it, and free once that one is killed', async (t) => {
    const file = join(temporaryDirectory(t), 'sender.lock');
    const holder = startChild(t, 'hold-lock', file);
    assert.equal(await holder.line(), 'locked');
    assert.equal(acquireProcessLock(file), null);
    await holder.kill();
    const lock = acquireProcessLock(file);
    assert.ok(lock);
    lock.release();
  });

  it('refuses another process while this one holds it', async (t) => {
    const file = join(temporaryDirectory(t), 'sender.lock');
    const lock = acquireProcessLock(file);
    assert.ok(lock);
    assert.equal(acquireProcessLock(file), null, 'a refused try must not drop the lock');
    assert.equal(await startChild(t, 'hold-lock', file).line(), 'refused');
    lock.release();
    assert.equal(await startChild(t, 'hold-lock', file).line(), 'locked');
  });

  it('answers at once when it is refused', (t) => {
    const file = join(temporaryDirectory(t), 'sender.lock');
    const lock = acquireProcessLock(file);
    const startMs = performance.now();
    for (let round = 0; round < 20; round += 1) assert.equal(acquireProcessLock(file), null);
    assert.ok(performance.now() - startMs < 1_000);
    lock?.release();
  });

  it('is not confused by noise in its file', (t) => {
    const file = join(temporaryDirectory(t), 'sender.lock');
    writeFileSync(file, 'noise '.repeat(1_000));
    const lock = acquireProcessLock(file);
    assert.ok(lock);
    assert.equal(acquireProcessLock(file), null);
    lock.release();
  });

  it('answers NOT_PERMITTED when its file cannot be opened', (t) => {
    const directory = temporaryDirectory(t);
    assert.throws(
      () => acquireProcessLock(directory),
      (error) => isSyncError(error, 'NOT_PERMITTED'),
    );
  });
});
