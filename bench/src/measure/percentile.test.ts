import assert from 'node:assert/strict';
import test from 'node:test';
import { percentile } from './percentile.js';

test('gives the value that so many percent of all values do not exceed', () => {
  const values = [40, 10, 30, 20];
  assert.equal(percentile(values, 50), 20);
  assert.equal(percentile(values, 51), 30);
  assert.equal(percentile(values, 99), 40);
  assert.equal(percentile(values, 0), 10);
});

test('gives no number for no values', () => {
  assert.ok(Number.isNaN(percentile([], 50)));
});
