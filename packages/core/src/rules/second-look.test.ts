import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secondLookDueMs, type MissingGroup } from './second-look.js';

const calm: MissingGroup = { files: 1, firstMs: 1_000, lastMs: 1_000, waitMs: 300, alone: true, putOff: 0 };

const cases: readonly (readonly [string, Partial<MissingGroup>, number])[] = [
  ['one file that is missing alone waits 80 ms', {}, 1_080],
  ['two wait the full time: they may be the beginning of an rm -r', { files: 2 }, 1_300],
  ['a file beside which something moved waits the full time', { alone: false }, 1_300],
  ['whatever joins it lets both wait the full time', { files: 2, lastMs: 1_050 }, 1_300],
  ['a look that came too late is taken 80 ms later', { putOff: 1 }, 1_160],
  ['as often as it is late', { putOff: 2 }, 1_240],
  ['up to the full wait', { putOff: 3 }, 1_300],
  ['a full wait shorter than 80 ms stays what was asked for', { waitMs: 50 }, 1_080],
  ['many wait until none joined them for 100 ms', { files: 50, lastMs: 1_280 }, 1_380],
  ['and half a second at most', { files: 500, lastMs: 1_490 }, 1_500],
];

describe('The second look at missing files', () => {
  for (const [title, fields, dueMs] of cases) {
    it(title, () => {
      assert.equal(secondLookDueMs({ ...calm, ...fields }), dueMs);
    });
  }
});
