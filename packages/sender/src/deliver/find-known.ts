import { decide, type Entry, type FileKey, type IndexRow } from '@lockstep/core';
import { isEqualRow, readPeerIndex, type PeerIndex } from './peer-index.js';

/** The peer's index is not read on when it has so many times more rows than are to be found in it, */
const mostTimes = 4;
/** and so many more. */
const mostRows = 1_000;

export interface FindKnownOptions extends PeerIndex {
  readonly get: (file: FileKey) => IndexRow | undefined;
  /** How many rows are to be found. */
  readonly count: number;
}

/** Reads the peer's index and gives the sequences of the rows here of which it has the same or a newer version. */
export async function findKnown(options: FindKnownOptions): Promise<Set<number>> {
  const { get, count } = options;
  const known = new Set<number>();
  let rows = 0;
  for await (const entries of readPeerIndex(options)) {
    for (const theirs of entries) {
      const row = get(theirs);
      if (row !== undefined && isKnownThere(row.entry, theirs)) known.add(row.sequence);
    }
    rows += entries.length;
    if (rows > count * mostTimes + mostRows) break;
  }
  return known;
}

/**
 * True when offering `ours` to whoever has `theirs` would change nothing: by the rule that the peer itself decides by, or because they are
 * equal.
 */
function isKnownThere(ours: Entry, theirs: Entry): boolean {
  return decide(theirs, ours).do === 'ignore' || isEqualRow(ours, theirs);
}
