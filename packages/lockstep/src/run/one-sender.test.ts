import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { startOneSender } from './one-sender.js';

/** A duty that counts how often it was taken up. */
function countedDuty() {
  const duty = { starts: 0, start: () => Promise.resolve(void duty.starts++) };
  return duty;
}

async function stateDirectory(t: { after(task: () => unknown): void }): Promise<string> {
  const stateDir = await mkdtemp(join(tmpdir(), 'lockstep-one-sender-'));
  t.after(() => rm(stateDir, { recursive: true, force: true }));
  return stateDir;
}

test('one of two watches and sends; the other takes over when the first has ended', async (t) => {
  const clock = createFakeClock(0);
  const options = { stateDir: await stateDirectory(t), clock, log: silentLog };
  const [firstDuty, secondDuty] = [countedDuty(), countedDuty()];
  const first = await startOneSender(firstDuty, options);
  const second = await startOneSender(secondDuty, options);
  clock.advance(5000);
  assert.deepEqual([firstDuty.starts, secondDuty.starts], [1, 0]);
  assert.deepEqual([first.isOnDuty(), second.isOnDuty()], [true, false]);
  first.release();
  clock.advance(1000);
  assert.deepEqual([firstDuty.starts, secondDuty.starts], [1, 1]);
  assert.deepEqual([first.isOnDuty(), second.isOnDuty()], [false, true]);
  second.release();
});

test('one that was released while it stood by never takes over', async (t) => {
  const clock = createFakeClock(0);
  const options = { stateDir: await stateDirectory(t), clock, log: silentLog };
  const duty = countedDuty();
  const first = await startOneSender(countedDuty(), options);
  const second = await startOneSender(duty, options);
  second.release();
  first.release();
  clock.advance(5000);
  assert.equal(duty.starts, 0);
});

test('a duty that cannot start leaves it to others', async (t) => {
  const options = { stateDir: await stateDirectory(t), clock: createFakeClock(0), log: silentLog };
  const failing = { start: () => Promise.reject(new Error('no watches left')) };
  await assert.rejects(startOneSender(failing, options), /no watches left/);
  const duty = countedDuty();
  (await startOneSender(duty, options)).release();
  assert.equal(duty.starts, 1);
});
