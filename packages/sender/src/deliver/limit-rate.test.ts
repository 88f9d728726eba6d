import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { createRateLimit } from './limit-rate.js';

describe('A rate limit', () => {
  it('lets a second worth of bytes pass at once, and the rest at its rate', async () => {
    const clock = createFakeClock();
    const limit = createRateLimit(10_000, clock);
    await limit.take(10_000);
    let passed = false;
    const waiting = limit.take(5_000).then(() => (passed = true));
    await clock.advanceAsync(490);
    assert.equal(passed, false);
    await clock.advanceAsync(20);
    await waiting;
    assert.equal(passed, true);
  });

  it('is no limit when it is off', async () => {
    const clock = createFakeClock();
    await createRateLimit(false, clock).take(1e12);
    assert.equal(clock.pending, 0);
  });
});
