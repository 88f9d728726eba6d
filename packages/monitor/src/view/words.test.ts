import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ago, until } from './moments.js';
import { byteWords, countWords, durationWords, nameWords, rateWords } from './words.js';

/** Numbers are joined to their units by a no-break space. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('words for numbers', () => {
  const rows: readonly [string, string, string][] = [
    ['bytes', byteWords(0), '0 B'],
    ['bytes below a kilobyte', byteWords(999), '999 B'],
    ['kilobytes', byteWords(4_100), '4.1 KB'],
    ['bytes that round up to the next unit', byteWords(999_600), '1.0 MB'],
    ['large sizes', byteWords(133_000_000), '133 MB'],
    ['milliseconds', durationWords(23), '23 ms'],
    ['seconds', durationWords(3_200), '3.2 s'],
    ['minutes', durationWords(95_000), '2 min'],
    ['days', durationWords(259_200_000), '3 days'],
    ['no duration', durationWords(null), '–'],
    ['one of something', countWords(1, 'change'), '1 change'],
    ['many of something', countWords(1_234, 'change'), '1,234 changes'],
    ['full success', rateWords(1), '100 %'],
    ['almost full success, never rounded up', rateWords(0.99999), '99.9 %'],
    ['no attempt', rateWords(null), '–'],
  ];
  for (const [title, said, expected] of rows) {
    it(`say ${title} as ${expected}`, () => assert.equal(plain(said), expected));
  }
});

describe('words for moments', () => {
  const rows: readonly [number, string][] = [
    [0, 'just now'],
    [-12_000, '12 s ago'],
    [-180_000, '3 min ago'],
    [-7_200_000, '2 h ago'],
    [-259_200_000, '3 days ago'],
    [4_000, 'in 4 s'],
  ];
  for (const [offsetMs, expected] of rows) {
    it(`say ${expected}`, () => assert.equal(ago(1_000_000_000 + offsetMs, 1_000_000_000), expected));
  }

  it('say that what was to come is due now', () => assert.equal(until(999_000, 1_000_000), 'now'));
  it('say when something is to come', () => assert.equal(until(1_004_000, 1_000_000), 'in 4 s'));
});

describe('names', () => {
  it('show control characters and characters that reorder text', () => {
    assert.equal(nameWords('a\nb\u202ec'), 'a\\u{a}b\\u{202e}c');
  });
  it('stay readable when they are long', () => {
    assert.equal(nameWords('x'.repeat(1_000)).length, 401);
  });
});
