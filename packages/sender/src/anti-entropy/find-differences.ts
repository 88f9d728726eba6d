import { compare, keyOf, type Entry, type FileKey, type IndexStore } from '@lockstep/core';
import { isEqualRow, readPeerIndex, type PeerIndex } from '../deliver/peer-index.js';

/** Rows read at once. */
const pageSize = 500;

export interface Differences {
  /** Files whose version here the peer lacks, or has older. */
  readonly ours: readonly FileKey[];
  /** Files that the peer has newer: it will offer them itself. */
  readonly theirs: number;
}

export interface CompareOptions extends PeerIndex {
  readonly index: IndexStore;
  /** Rows that the peer has not acknowledged are on their way anyway. */
  readonly cursor: number;
}

/** Compares both indexes row by row, without holding either in memory. */
export async function findDifferences(options: CompareOptions): Promise<Differences> {
  const ours: FileKey[] = [];
  const known = new Set<string>();
  let theirs = 0;
  for await (const entries of readPeerIndex(options)) {
    for (const entry of entries) {
      known.add(keyOf(entry));
      const order = orderOf(options.index, entry);
      if (order === 'ours') ours.push({ folder: entry.folder, path: entry.path });
      if (order === 'theirs') theirs += 1;
    }
  }
  ours.push(...(await missingThere(options, known)));
  return { ours, theirs };
}

function orderOf(index: IndexStore, theirs: Entry): 'ours' | 'theirs' | 'same' {
  const local = index.get(theirs)?.entry;
  if (local === undefined) return 'theirs';
  if (compare(local.version, theirs.version) === 'older') return 'theirs';
  // Concurrent versions, and equal ones with other content, are settled where they meet: it is enough that one side offers.
  return isEqualRow(local, theirs) ? 'same' : 'ours';
}

async function missingThere(
  { index, cursor, isCancelled }: CompareOptions,
  known: ReadonlySet<string>,
): Promise<FileKey[]> {
  const missing: FileKey[] = [];
  for (let at = 0; at < cursor && !isCancelled();) {
    const rows = index.after(at, pageSize);
    for (const { entry } of rows) {
      // A tombstone that the peer has forgotten, or never needed, changes nothing there.
      if (entry.state === 'live' && !known.has(keyOf(entry)))
        missing.push({ folder: entry.folder, path: entry.path });
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    at = last.sequence;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return missing;
}
