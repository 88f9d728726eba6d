import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareBytes } from '../model/compare-bytes.js';
import { parsePath } from '../model/parse-path.js';
import type { SyncPath } from '../model/path.js';
import type { StampRow } from '../ports/index-store.js';
import type { Listed, Listing } from '../ports/work.js';
import { createSeededRandom, type SeededRandom } from '../testing/seeded-random.js';
import { compareListing } from './compare-listing.js';
import type { Parts } from './parts.js';

/** What the disk and the index say of one folder. */
interface Case {
  readonly files: readonly Listed[];
  readonly rows: readonly StampRow[];
  readonly unreadable: readonly string[];
  readonly held: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

const names = ['a', 'a-b', 'a.b', 'b', 'c0', 'é', '\u{ffee}', '😀'];

function drawPaths(random: SeededRandom): SyncPath[] {
  const path = (): string => Array.from({ length: 1 + random.below(3) }, () => random.pick(names)).join('/');
  const drawn = Array.from({ length: random.below(40) }, () => parsePath(path()));
  return [...new Set(drawn)].sort(compareBytes);
}

function drawCase(random: SeededRandom): Case {
  const paths = drawPaths(random);
  const some = (probability: number): SyncPath[] => paths.filter(() => random.chance(probability));
  const stamp = (): string => random.pick(['1', '2']);
  return {
    files: some(0.7).map((path) => ({ path, stamp: stamp() })),
    rows: some(0.7).map((path) =>
      random.chance(0.2) ? { path, stamp: null, state: 'deleted' } : { path, stamp: stamp(), state: 'live' },
    ),
    unreadable: random.chance(0.3) ? [random.pick([...names, ''])] : [],
    held: new Set(some(0.1)),
    ignored: new Set(some(0.1)),
  };
}

/** The parts that the comparison asks, giving rows and files in small pages. */
function partsOf(drawn: Case, random: SeededRandom): Parts {
  const { files, rows, unreadable, held, ignored } = drawn;
  const parts = {
    held: { holdOf: ({ path }: { path: string }) => (held.has(path) ? 1 : undefined) },
    ignore: { spec: () => ({}), why: ({ path }: { path: string }) => (ignored.has(path) ? 'a rule' : null) },
    index: {
      stamps: ({ after, limit }: { after: SyncPath | null; limit: number }) =>
        rows.filter(({ path }) => after === null || compareBytes(path, after) > 0).slice(0, limit),
    },
    work: {
      async list(_folder: string, _what: object, take: (page: readonly Listed[]) => Promise<void>) {
        for (let at = 0; at < files.length;) {
          const end = at + 1 + random.below(5);
          await take(files.slice(at, end));
          at = end;
        }
        const listing = { rootPresent: true, rootIdentity: '1', files: files.length, skipped: [] };
        return {
          ...listing,
          unreadable: unreadable.map((path) => ({ path, code: 'NOT_PERMITTED' })),
        } satisfies Listing;
      },
    },
  };
  return parts as unknown as Parts;
}

/** The same conclusions, drawn from everything at once. */
function expected({ files, rows, unreadable, held, ignored }: Case): {
  differing: string[];
  missing: string[];
} {
  const listed = new Map(files.map(({ path, stamp }) => [path, stamp]));
  const known = new Map(rows.map((row) => [row.path, row.stamp]));
  const isSilent = (path: string): boolean =>
    unreadable.some((directory) => directory === '' || path.startsWith(`${directory}/`));
  return {
    differing: files
      .filter(({ path, stamp }) => held.has(path) || known.get(path) !== stamp)
      .map(({ path }) => path),
    missing: rows
      .filter(({ path, state }) => state === 'live' && !listed.has(path))
      .map(({ path }) => path)
      .filter((path) => !isSilent(path) && !held.has(path) && !ignored.has(path)),
  };
}

async function compare(drawn: Case, random: SeededRandom): Promise<ReturnType<typeof expected>> {
  const differing: string[] = [];
  const place = { folder: 'static', directory: undefined };
  const { missing } = await compareListing(partsOf(drawn, random), place, (path) => {
    differing.push(path);
    return Promise.resolve();
  });
  return { differing, missing: [...missing] };
}

describe('comparing a listing with the index', () => {
  it('finds what is new, changed or missing, and concludes nothing from what could not be read', async () => {
    for (let seed = 0; seed < 1_000; seed += 1) {
      const random = createSeededRandom(`compare-listing/${seed}`);
      const drawn = drawCase(random);
      assert.deepEqual(await compare(drawn, random), expected(drawn), `seed ${seed}`);
    }
  });

  it('reads thousands of rows in pages, whether their files are there or not', async () => {
    const random = createSeededRandom('pages');
    const rows = Array.from({ length: 3_500 }, (_, n): StampRow => {
      return { path: parsePath(`d${1000 + n}/f`), stamp: '1', state: 'live' };
    });
    const files = rows.filter((_, n) => n > 1_200 && n % 3 > 0).map(({ path }) => ({ path, stamp: '1' }));
    const drawn: Case = { files, rows, unreadable: [], held: new Set(), ignored: new Set() };
    const { differing, missing } = await compare(drawn, random);
    assert.deepEqual([differing.length, missing.length], [0, rows.length - files.length]);
  });
});
