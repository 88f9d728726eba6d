import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HoldReason } from '../ports/index-tables.js';
import { judgeDeletions, type DeletionBatch } from './safety.js';

const calm: DeletionBatch = {
  liveBefore: 1000,
  deletedBefore: 0,
  deleting: 1,
  rootPresent: true,
  rootSame: true,
};
const rows: readonly (readonly [title: string, batch: Partial<DeletionBatch>, verdict: HoldReason | null])[] =
  [
    ['lets one deletion pass', {}, null],
    ['lets a quarter of the files pass', { deleting: 250 }, null],
    ['holds more than a quarter of the files', { deleting: 251 }, 'mass-deletion'],
    ['lets 20 files pass, however large their share', { liveBefore: 30, deleting: 20 }, null],
    ['holds 21 files of 30', { liveBefore: 30, deleting: 21 }, 'mass-deletion'],
    [
      'adds up the batches of a window',
      { liveBefore: 800, deletedBefore: 200, deleting: 51 },
      'mass-deletion',
    ],
    [
      'measures a window against the files before it',
      { liveBefore: 800, deletedBefore: 200, deleting: 50 },
      null,
    ],
    [
      'catches deletions that trickle in one by one',
      { liveBefore: 60, deletedBefore: 20, deleting: 1 },
      'mass-deletion',
    ],
    ['holds a batch that empties a small folder', { liveBefore: 5, deleting: 5 }, 'folder-emptied'],
    ['lets the last file of a folder be deleted', { liveBefore: 1, deleting: 1 }, null],
    ['lets all but one of a small folder be deleted', { liveBefore: 5, deleting: 4 }, null],
    ['holds a single deletion when the root is missing', { rootPresent: false }, 'root-missing'],
    ['holds a single deletion when the root is another one', { rootSame: false }, 'root-swapped'],
    [
      'names the missing root before anything else',
      { deleting: 1000, rootPresent: false, rootSame: false },
      'root-missing',
    ],
    ['has nothing to hold when nothing is deleted', { deleting: 0, rootPresent: false }, null],
  ];

describe('the guard against mass deletion', () => {
  for (const [title, batch, verdict] of rows) {
    it(title, () => assert.equal(judgeDeletions({ ...calm, ...batch }), verdict));
  }
});
