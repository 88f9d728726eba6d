import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parsePath } from '../../model/parse-path.js';
import type { FileKey } from '../../model/path.js';
import { createFakeClock } from '../../testing/fake-clock.js';
import { deletionWindowMs } from '../../rules/index.js';
import { systemRandom } from '../random.js';
import { openConnection } from '../sqlite/connection.js';
import { temporaryDirectory } from '../sqlite/temporary.test.support.js';
import { openHostNotes, type HostNotes } from './host-notes.js';
import { openHostPathLocks } from './host-path-locks.js';
import { openNonceNotes } from './nonce-notes.js';

const beganMs = 1_700_000_000_000;

/** Two processes of one host. */
function openTwo(t: TestContext): { file: string; notes: [HostNotes, HostNotes] } {
  const file = join(temporaryDirectory(t), 'notes.db');
  const notes: [HostNotes, HostNotes] = [openHostNotes(file, beganMs), openHostNotes(file, beganMs + 9_000)];
  t.after(() => notes.forEach((each) => each.close()));
  return { file, notes };
}

const key = (path: string): FileKey => ({ folder: 'static', path: parsePath(path) });

describe('What the processes of a host know together', () => {
  it('a nonce that one process took is not new to another', (t) => {
    const [first, second] = openTwo(t).notes;
    const request = { node: 'web-1', nonce: 'a', timeMs: beganMs };
    assert.equal(first.nonces.take(request, beganMs), true);
    assert.equal(second.nonces.take(request, beganMs + 1), false);
    assert.equal(second.nonces.take({ ...request, node: 'web-2' }, beganMs + 1), true);
    assert.equal(second.nonces.size, 2);
  });

  it('a process that comes later counts from when the first began', (t) => {
    const [first, second] = openTwo(t).notes;
    assert.deepEqual(
      [first.nonces.floorMs('web-1'), second.nonces.floorMs('web-1')],
      [beganMs - 1, beganMs - 1],
    );
  });

  it('nonces are forgotten after ten minutes', (t) => {
    const { file, notes } = openTwo(t);
    notes[0].nonces.take({ node: 'web-1', nonce: 'a', timeMs: beganMs }, beganMs);
    const connection = openConnection(file);
    openNonceNotes(connection).take({ node: 'web-1', nonce: 'b', timeMs: beganMs }, beganMs + 600_001);
    connection.close();
    assert.equal(notes[0].nonces.size, 1);
    assert.equal(notes[1].nonces.take({ node: 'web-1', nonce: 'a', timeMs: beganMs }, beganMs), true);
  });

  it('too many nonces: the oldest are dropped, and what their nodes signed up to then is too old', (t) => {
    const { file, notes } = openTwo(t);
    for (let nth = 0; nth < 10; nth += 1) {
      notes[0].nonces.take({ node: 'web-1', nonce: `${nth}`, timeMs: beganMs + nth }, beganMs + nth);
    }
    const connection = openConnection(file);
    openNonceNotes(connection, 7).take({ node: 'web-2', nonce: 'x', timeMs: beganMs }, beganMs + 10);
    connection.close();
    assert.equal(notes[1].nonces.size, 8);
    assert.equal(notes[1].nonces.floorMs('web-1'), beganMs + 2);
    assert.equal(notes[1].nonces.floorMs('web-2'), beganMs - 1);
  });

  it('a deletion that one process permits is permitted in every one, until its time is over', (t) => {
    const [first, second] = openTwo(t).notes;
    first.permits.permit([key('a'), key('b')], beganMs + 100);
    assert.equal(second.permits.isPermitted(key('a'), beganMs + 100), true);
    assert.equal(second.permits.isPermitted(key('c'), beganMs), false);
    assert.equal(second.permits.isPermitted(key('a'), beganMs + 101), false);
  });

  it('deletions are counted over all processes, by folder and source, in a bounded number', (t) => {
    const [first, second] = openTwo(t).notes;
    first.deletions.add('static', 'web-1', [beganMs, beganMs + 1]);
    second.deletions.add('static', 'web-1', [beganMs + 2, beganMs + 2 * deletionWindowMs]);
    second.deletions.add('instance', 'web-1', [beganMs]);
    assert.equal(first.deletions.count('static', 'web-1', beganMs), 3);
    assert.equal(first.deletions.count('static', 'web-2', beganMs), 0);
    first.deletions.add('static', 'web-3', new Array<number>(6_000).fill(beganMs));
    first.deletions.add('static', 'web-3', [beganMs]);
    assert.equal(second.deletions.count('static', 'web-3', beganMs), 5_000);
  });

  it('what is paused stays paused while a process lives, and no longer', (t) => {
    const directory = join(temporaryDirectory(t), 'locks');
    const open = () =>
      openHostPathLocks({ directory, clock: createFakeClock(beganMs), random: systemRandom });
    const first = open();
    first.host.setPaused(true);
    const second = open();
    first.close();
    assert.equal(second.host.isPaused(), true);
    second.close();
    const third = open();
    t.after(() => third.close());
    assert.equal(third.host.isPaused(), false);
  });
});
