import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRange } from './byte-range.js';

describe('a range of bytes', () => {
  const rows: [string, string | undefined, number, ReturnType<typeof parseRange>][] = [
    ['no header is the whole', undefined, 10, null],
    ['a first and a last byte', 'bytes=2-4', 10, { start: 2, end: 5 }],
    ['to the end', 'bytes=2-', 10, { start: 2, end: 10 }],
    ['the last bytes', 'bytes=-3', 10, { start: 7, end: 10 }],
    ['more last bytes than there are', 'bytes=-99', 10, { start: 0, end: 10 }],
    ['a last byte beyond the end', 'bytes=8-99', 10, { start: 8, end: 10 }],
    ['a first byte beyond the end', 'bytes=10-', 10, 'unsatisfiable'],
    ['anything of an empty file', 'bytes=0-', 0, 'unsatisfiable'],
    ['no last bytes', 'bytes=-0', 10, 'unsatisfiable'],
    ['several ranges: the whole', 'bytes=0-1,3-4', 10, null],
    ['a range that runs backwards: the whole', 'bytes=4-2', 10, null],
    ['another unit: the whole', 'lines=1-2', 10, null],
    ['no numbers: the whole', 'bytes=-', 10, null],
  ];
  for (const [title, header, size, expected] of rows) {
    it(title, () => assert.deepEqual(parseRange(header, size), expected));
  }
});
