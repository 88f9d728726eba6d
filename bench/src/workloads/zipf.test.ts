import assert from 'node:assert/strict';
import test from 'node:test';
import { createRandom } from '../plan/random.js';
import { createZipf } from './zipf.js';

test('picks the first number twice as often as the second and three times as often as the third', () => {
  const counts = new Array<number>(10).fill(0);
  const pick = createZipf(counts.length, createRandom(2));
  for (let n = 0; n < 40_000; n += 1) {
    const picked = pick();
    counts[picked] = (counts[picked] ?? 0) + 1;
  }
  const [first = 0, second = 1, third = 1] = counts;
  assert.ok(Math.abs(first / second - 2) < 0.1, `${first} : ${second}`);
  assert.ok(Math.abs(first / third - 3) < 0.2, `${first} : ${third}`);
});
