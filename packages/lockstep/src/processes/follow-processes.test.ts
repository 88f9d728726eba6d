import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog, type Log } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { followProcesses } from './follow-processes.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('looks for news of the other processes ten times a second, and no more once it has ended', async () => {
  const clock = createFakeClock(0);
  let looks = 0;
  const replica = { followOthers: () => () => Promise.resolve(void looks++) };
  const end = followProcesses(replica, { clock, log: silentLog });
  for (let round = 0; round < 10; round += 1) {
    clock.advance(100);
    await settled();
  }
  assert.equal(looks, 10);
  end();
  clock.advance(1000);
  await settled();
  assert.equal(looks, 10);
});

test('goes on after a failure and reports it once', async () => {
  const clock = createFakeClock(0);
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (message) => void errors.push(message) };
  const outcomes = ['fail', 'fail', 'go', 'fail'];
  const replica = {
    followOthers: () => () =>
      outcomes.shift() === 'fail' ? Promise.reject(new Error('no index')) : Promise.resolve(),
  };
  const end = followProcesses(replica, { clock, log });
  for (let round = 0; round < 4; round += 1) {
    clock.advance(100);
    await settled();
  }
  end();
  assert.deepEqual([outcomes.length, errors.length], [0, 2]);
});
