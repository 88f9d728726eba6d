import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { DiskWriter } from '../ports/disk.js';
import { createFlushAlong } from './flush-along.js';

const mib = 1 << 20;

/** A writer of which each flush ends when the test says so. */
function writerOf() {
  const flushes: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const unused = (): Promise<void> => Promise.reject(new Error('not expected'));
  const sync = (): Promise<void> =>
    new Promise((succeed, fail) => {
      flushes.push({ succeed, fail });
    });
  const writer: DiskWriter = { write: unused, setAttributes: unused, close: unused, sync };
  return { writer, flushes };
}

describe('Flushing a file while it is written', () => {
  it('begins with every 8 MiB', async () => {
    const { writer, flushes } = writerOf();
    const along = createFlushAlong(writer);
    for (let at = 0; at < 7; at += 1) along.wrote(mib);
    await turn();
    assert.equal(flushes.length, 0);
    along.wrote(mib);
    await turn();
    assert.equal(flushes.length, 1);
  });

  it('has one flush under way, and what came meanwhile in the next', async () => {
    const { writer, flushes } = writerOf();
    const along = createFlushAlong(writer);
    along.wrote(8 * mib);
    along.wrote(8 * mib);
    await turn();
    assert.equal(flushes.length, 1);
    flushes[0]?.succeed();
    await along.ended();
    along.wrote(1);
    await turn();
    assert.equal(flushes.length, 2);
  });

  it('ends when its flush has ended', async () => {
    const { writer, flushes } = writerOf();
    const along = createFlushAlong(writer);
    await along.settled();
    along.wrote(8 * mib);
    let hasEnded = false;
    const ended = along.ended().then(() => {
      hasEnded = true;
    });
    await turn();
    assert.equal(hasEnded, false);
    flushes[0]?.succeed();
    await ended;
    await along.settled();
  });

  it('remembers a flush that failed, since the next one would succeed', async () => {
    const { writer, flushes } = writerOf();
    const along = createFlushAlong(writer);
    along.wrote(8 * mib);
    await turn();
    flushes[0]?.fail(new Error('the disk lost a write'));
    await along.ended();
    along.wrote(8 * mib);
    await turn();
    assert.equal(flushes.length, 1);
    await assert.rejects(along.settled(), /lost a write/);
  });
});
