import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Random } from '../ports/random.js';
import { backoffMs, maxRetryAfterMs } from './backoff.js';

const drawing = (fraction: number): Random => ({ fraction: () => fraction, id: () => '0'.repeat(32) });
const most = drawing(1 - Number.EPSILON);
const options = { baseMs: 250, maxMs: 60_000 };

describe('the wait after failures', () => {
  it('doubles its ceiling from 250 ms to 60 s', () => {
    const ceilings = [1, 2, 3, 4, 8, 9, 10, 5000].map((attempt) => backoffMs(attempt, most));
    assert.deepEqual(ceilings, [250, 500, 1000, 2000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('is drawn from the whole range below the ceiling', () => {
    assert.equal(backoffMs(3, drawing(0)), 0);
    assert.equal(backoffMs(3, drawing(0.5)), 500);
  });

  it('is never shorter than what the peer asked for', () => {
    assert.equal(backoffMs(1, drawing(0), options, 7000), 7000);
    assert.equal(backoffMs(20, drawing(0), options, 7000), 7000);
  });

  it('is spread out even when every peer was asked to wait equally long', () => {
    assert.equal(backoffMs(1, drawing(0.5), options, 7000), 7125);
  });

  it('does not believe a peer that asks for days', () => {
    assert.equal(backoffMs(1, drawing(0), options, 86_400_000), maxRetryAfterMs);
  });

  it('treats an attempt below 1 as the first', () => {
    assert.equal(backoffMs(0, most), 250);
  });
});
