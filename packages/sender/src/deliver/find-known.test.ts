import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyOf, type Entry, type IndexRow } from '@lockstep/core';
import { fileKey, liveEntry, tombstone, versionOf } from '@lockstep/core/testing';
import { findKnown } from './find-known.js';

const live = (
  version: Record<string, number>,
  fields: Partial<Parameters<typeof liveEntry>[1]> = {},
): Entry => liveEntry('x', { version: versionOf(version), ...fields });
const gone = (version: Record<string, number>): Entry => tombstone({ version: versionOf(version) });
const other = (version: Record<string, number>, modifiedMs = 1_000): Entry =>
  liveEntry('y', { version: versionOf(version), modifiedMs });

/** Finds out whether a peer with `theirs` has `ours`. */
async function isKnown(ours: Entry, theirs: Entry): Promise<boolean> {
  const row: IndexRow = { entry: ours, sequence: 7, stamp: null, learnedFrom: null, recordedMs: 0 };
  const known = await findKnown({
    get: (file) => (keyOf(file) === keyOf(ours) ? row : undefined),
    count: 1,
    page: () => Promise.resolve({ indexId: 'i', entries: [theirs], refused: [], next: null }),
    isCancelled: () => false,
  });
  return known.has(7);
}

describe('A row of this server', () => {
  const rows: readonly (readonly [what: string, ours: Entry, theirs: Entry, known: boolean])[] = [
    ['is known to a peer with the same file, both found by a new index', live({}), live({}), true],
    [
      'is known whoever set the equal version up',
      live({}, { modifiedBy: 'b' }),
      live({}, { modifiedBy: 'a' }),
      true,
    ],
    ['is known to a peer that has a newer version', live({ a: 1 }), other({ a: 1, b: 1 }), true],
    ['is known to a peer where it was deleted after that', live({}), gone({ b: 1 }), true],
    ['is not known to a peer that has an older version', live({ a: 2 }), other({ a: 1 }), false],
    ['is not known to a peer that only has the content: the versions join', live({ a: 1 }), live({}), false],
    ['is not known to a peer with a concurrent version', live({ a: 1 }), live({ b: 1 }), false],
    ['is not known to a peer with other content in an equal version', live({}), other({}), false],
    ['is not known to a peer where an older version was deleted', live({ a: 2 }), gone({ a: 1 }), false],
    [
      'is not known to a peer with another path',
      live({}),
      live({}, fileKey('static', 'another.html')),
      false,
    ],
    [
      'is not known when its mode and mtime are to prevail there',
      live({}, { mtimeMs: 2_000, modifiedMs: 2_000 }),
      live({}),
      false,
    ],
    [
      'is known when mode and mtime of the peer are to prevail here',
      live({}),
      live({}, { mtimeMs: 2_000, modifiedMs: 2_000 }),
      true,
    ],
  ];
  for (const [what, ours, theirs, known] of rows) {
    it(what, async () => assert.equal(await isKnown(ours, theirs), known));
  }
});

describe('The index of a peer', () => {
  it('is read to its end, but not when it is far larger than what is to be found in it', async () => {
    let pages = 0;
    const read = async (count: number, of: number): Promise<number> => {
      pages = 0;
      const entries = Array.from({ length: 500 }, (_, at) => live({}, fileKey('static', `f${at}`)));
      await findKnown({
        get: () => undefined,
        count,
        page(since, limit) {
          pages += 1;
          assert.equal(limit, 500);
          return Promise.resolve({
            indexId: 'i',
            entries,
            refused: [],
            next: pages < of ? since + 500 : null,
          });
        },
        isCancelled: () => false,
      });
      return pages;
    };
    assert.equal(await read(5, 1), 1);
    assert.equal(await read(1_000, 10), 10);
    assert.equal(await read(5, 200), 3);
  });

  it('is not read on when nobody waits for it any more', async () => {
    let pages = 0;
    await findKnown({
      get: () => undefined,
      count: 10,
      page: () => Promise.resolve({ indexId: 'i', entries: [], refused: [], next: (pages += 1) }),
      isCancelled: () => pages === 2,
    });
    assert.equal(pages, 2);
  });
});
