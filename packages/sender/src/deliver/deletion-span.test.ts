import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDeletionSpan } from './deletion-span.js';

it('Deletions that follow each other closely are one span, and a long pause begins another', () => {
  const span = createDeletionSpan();
  assert.equal(span.isNear(10_000), false);
  for (let ms = 10_000; ms <= 16_000; ms += 500) span.add(ms);
  assert.equal(span.isNear(9_100), true);
  assert.equal(span.isNear(13_000), true);
  assert.equal(span.isNear(16_900), true);
  assert.equal(span.isNear(17_001), false);
  span.add(60_000);
  assert.equal(span.isNear(13_000), false);
  span.add(20_000);
  assert.equal(span.isNear(20_000), false);
  assert.equal(span.isNear(60_000), true);
});
