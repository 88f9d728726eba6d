import {
  compare,
  decide,
  type Entry,
  type FileKey,
  type IndexRow,
  type ParsedIndexPage,
} from '@lockstep/core';

/** Rows asked for at once. */
const pageSize = 500;
/** The peer's index is not read on when it has so many times more rows than are to be found in it, */
const mostTimes = 4;
/** and so many more. */
const mostRows = 1_000;

export interface FindKnownOptions {
  readonly get: (file: FileKey) => IndexRow | undefined;
  /** How many rows are to be found. */
  readonly count: number;
  readonly page: (since: number, limit: number) => Promise<ParsedIndexPage>;
  readonly isCancelled: () => boolean;
}

/** Reads the peer's index and gives the sequences of the rows here of which it has the same or a newer version. */
export async function findKnown(options: FindKnownOptions): Promise<Set<number>> {
  const { get, count, page, isCancelled } = options;
  const known = new Set<number>();
  let rows = 0;
  for (let since: number | null = 0; since !== null && !isCancelled();) {
    const { entries, next }: ParsedIndexPage = await page(since, pageSize);
    for (const theirs of entries) {
      const row = get(theirs);
      if (row !== undefined && isKnownThere(row.entry, theirs)) known.add(row.sequence);
    }
    rows += entries.length;
    since = rows > count * mostTimes + mostRows ? null : next;
  }
  return known;
}

/**
 * True when offering `ours` to whoever has `theirs` would change nothing: by the rule that the peer itself decides by, or because they are
 * equal in all that the digest of an index counts (who set an equal version up does not).
 */
function isKnownThere(ours: Entry, theirs: Entry): boolean {
  return decide(theirs, ours).do === 'ignore' || isEqual(ours, theirs);
}

function isEqual(a: Entry, b: Entry): boolean {
  if (a.state === 'deleted' || b.state === 'deleted') return false;
  const isSameFile = a.digest === b.digest && a.mode === b.mode && a.mtimeMs === b.mtimeMs;
  return isSameFile && compare(a.version, b.version) === 'equal';
}
