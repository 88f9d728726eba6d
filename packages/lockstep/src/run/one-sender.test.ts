import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
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

test('one that takes over tries until it can, and says why it cannot', async (t) => {
  const clock = createFakeClock(0);
  const stateDir = await stateDirectory(t);
  const lines: string[] = [];
  const log = { ...silentLog, error: (line: string) => void lines.push(line) };
  const first = await startOneSender(countedDuty(), { stateDir, clock, log });
  const duty = { starts: 0, start: () => Promise.resolve(void duty.starts++) };
  let refusals = 2;
  const refusing = { start: () => (refusals-- > 0 ? Promise.reject(new Error('busy')) : duty.start()) };
  const second = await startOneSender(refusing, { stateDir, clock, log });
  first.release();
  for (let tick = 0; tick < 5; tick += 1) await clock.advanceAsync(1000);
  assert.equal(duty.starts, 1);
  assert.deepEqual(lines, ['Could not start to watch and send; it is tried again']);
  second.release();
});

test('a lock that cannot be looked at ends nothing, and is looked at again', async (t) => {
  const clock = createFakeClock(0);
  const stateDir = await stateDirectory(t);
  const lines: string[] = [];
  const log = { ...silentLog, error: (line: string) => void lines.push(line) };
  const [duty, file] = [countedDuty(), join(stateDir, 'sender.lock')];
  const first = await startOneSender(countedDuty(), { stateDir, clock, log });
  const second = await startOneSender(duty, { stateDir, clock, log });
  first.release();
  await rm(file);
  await mkdir(file);
  for (let tick = 0; tick < 3; tick += 1) await clock.advanceAsync(1000);
  assert.deepEqual(lines, ['Could not look whether another process of this host sends; it is tried again']);
  await rm(file, { recursive: true });
  await clock.advanceAsync(1000);
  assert.deepEqual([duty.starts, second.isOnDuty()], [1, true]);
  second.release();
});

test('a duty that cannot start leaves it to others', async (t) => {
  const options = { stateDir: await stateDirectory(t), clock: createFakeClock(0), log: silentLog };
  const failing = { start: () => Promise.reject(new Error('no watches left')) };
  await assert.rejects(startOneSender(failing, options), /no watches left/);
  const duty = countedDuty();
  (await startOneSender(duty, options)).release();
  assert.equal(duty.starts, 1);
});
