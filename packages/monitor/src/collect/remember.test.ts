import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { remember } from './remember.js';

describe('a remembered value', () => {
  it('is read again when it is too old', () => {
    const clock = createFakeClock();
    let reads = 0;
    const value = remember(clock, 1_000, () => (reads += 1));
    value();
    clock.advance(500);
    assert.equal(value(), 1);
    clock.advance(10_000);
    assert.equal(value(), 2);
  });

  it('is read at once when it was forgotten', () => {
    let reads = 0;
    const value = remember(createFakeClock(), 1_000, () => (reads += 1));
    value();
    value.forget();
    assert.equal(value(), 2);
  });

  it('is kept longer when it takes long to read', () => {
    const clock = createFakeClock();
    let reads = 0;
    const value = remember(clock, 100, () => {
      const endMs = performance.now() + 20;
      while (performance.now() < endMs);
      return (reads += 1);
    });
    value();
    clock.advance(2_000);
    assert.equal(value(), 1);
    clock.advance(600_000);
    assert.equal(value(), 2);
  });

  it('is read again when the clock was set back', () => {
    const clock = createFakeClock();
    let reads = 0;
    const value = remember(clock, 1_000, () => (reads += 1));
    value();
    clock.jump(clock.now() - 3_600_000);
    assert.equal(value(), 2);
  });
});
