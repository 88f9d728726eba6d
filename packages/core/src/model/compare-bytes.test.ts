import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createSeededRandom } from '../testing/seeded-random.js';
import { compareBytes } from './compare-bytes.js';

const characters = [
  '',
  '-',
  '/',
  '0',
  'a',
  'é',
  '\u{d7ff}',
  '\u{e000}',
  '\u{ffff}',
  '\u{10000}',
  '😀',
  '\u{10ffff}',
];

it('orders texts as the bytes of their UTF-8 are ordered', () => {
  const random = createSeededRandom('compare-bytes');
  const text = (): string => Array.from({ length: random.below(4) }, () => random.pick(characters)).join('');
  for (let round = 0; round < 5_000; round += 1) {
    const [a, b] = [text(), text()];
    const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
    assert.equal(Math.sign(compareBytes(a, b)), expected, JSON.stringify([a, b]));
  }
});
