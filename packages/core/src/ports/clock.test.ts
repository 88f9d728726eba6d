import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../testing/fake-clock.js';
import { steadyClock, watchStarvation } from './clock.js';

describe('A thread that is watched', () => {
  it('tells how long it had no processor', () => {
    let starvedMs = 70;
    const starvedSince = watchStarvation({ ...createFakeClock(), starvedMs: () => starvedMs });
    starvedMs += 100;
    assert.equal(starvedSince(), 100);
  });

  it('had one all the time where nobody tells', () => {
    assert.equal(watchStarvation(createFakeClock())(), 0);
  });
});

describe('A steady clock', () => {
  it('goes with the wall clock', () => {
    const wall = createFakeClock(1_000);
    const steady = steadyClock(wall);
    wall.advance(500);
    assert.equal(steady.now(), 1_500);
  });

  it('goes on from where it was when the wall clock is set back', () => {
    const wall = createFakeClock(100_000_000);
    const steady = steadyClock(wall);
    wall.advance(10);
    assert.equal(steady.now(), 100_000_010);
    wall.jump(13_600_000);
    assert.equal(steady.now(), 100_000_010);
    wall.advance(300);
    assert.equal(steady.now(), 100_000_310);
  });

  it('follows the wall clock when that is set forward', () => {
    const wall = createFakeClock(1_000);
    const steady = steadyClock(wall);
    wall.jump(90_000);
    assert.equal(steady.now(), 90_000);
  });
});
