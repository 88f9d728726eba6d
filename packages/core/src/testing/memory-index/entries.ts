import { compareBytes } from '../../model/compare-bytes.js';
import { keyOf } from '../../model/path.js';
import type { FolderTotals, IndexRow, IndexStore, NewRow } from '../../ports/index-store.js';
import { liveMark } from '../../rules/live-digest.js';
import { formatVersion } from '../../rules/version.js';
import { readMeta, type State } from './state.js';

type Reader = 'get' | 'after' | 'countAfter' | 'rows' | 'stamps' | 'withDigest' | 'totals';
type Writer = 'put' | 'restamp' | 'forget';

/** Reading of entries in memory. */
export function entryReaders(state: State): Pick<IndexStore, Reader> {
  const { entries } = state;
  const rows: IndexStore['rows'] = (folder, directory) => {
    const isWanted = ({ entry }: IndexRow): boolean =>
      entry.folder === folder && (directory === undefined || entry.path.startsWith(`${directory}/`));
    return entries
      .all()
      .filter(isWanted)
      .sort((a, b) => compareBytes(a.entry.path, b.entry.path));
  };
  const after: IndexStore['after'] = (sequence, limit) => {
    const found: IndexRow[] = [];
    for (
      let index = firstAbove(state, sequence);
      index < state.puts.length && found.length < limit;
      index += 1
    ) {
      const put = state.puts[index];
      const row = put === undefined ? undefined : entries.get(put.key);
      if (row !== undefined && row.sequence === put?.sequence) found.push(row);
    }
    return found;
  };
  return {
    get: (file) => entries.get(keyOf(file)),
    after: (sequence, limit) => {
      state.journal.assertOpen();
      return after(sequence, limit);
    },
    countAfter: (sequence) => entries.all().filter((row) => row.sequence > sequence).length,
    rows,
    stamps: ({ folder, directory, after: last, limit }) =>
      rows(folder, directory)
        .filter(({ entry }) => last === null || compareBytes(entry.path, last) > 0)
        .slice(0, limit)
        .map(({ entry, stamp }) => ({ path: entry.path, stamp, state: entry.state })),
    withDigest: (digest, limit, except) =>
      entries
        .all()
        .filter(
          ({ entry, sequence }) => entry.state === 'live' && entry.digest === digest && sequence !== except,
        )
        .sort((a, b) => a.sequence - b.sequence)
        .slice(0, limit),
    totals: () => totals(entries.all()),
  };
}

/** Writing of entries in memory. */
export function entryWriters(state: State): Pick<IndexStore, Writer> {
  const { entries, journal, meta, puts } = state;
  const mark = (row: IndexRow | undefined): bigint => (row === undefined ? 0n : markOf(row));
  return {
    put: (row: NewRow) =>
      journal.transact(() => {
        const key = keyOf(row.entry);
        const known = readMeta(state);
        const next: IndexRow = { ...row, sequence: known.lastSequence + 1 };
        const live = known.live ^ mark(entries.get(key)) ^ mark(next);
        meta.set('meta', { ...known, lastSequence: next.sequence, live });
        entries.set(key, next);
        journal.changed(() => void puts.pop());
        puts.push({ sequence: next.sequence, key });
        return next.sequence;
      }),
    restamp: (file, stamp) =>
      journal.transact(() => {
        const row = entries.get(keyOf(file));
        if (row !== undefined) entries.set(keyOf(file), { ...row, stamp });
      }),
    forget: (file) =>
      journal.transact(() => {
        const known = readMeta(state);
        meta.set('meta', { ...known, live: known.live ^ mark(entries.get(keyOf(file))) });
        entries.delete(keyOf(file));
      }),
  };
}

function markOf({ entry }: IndexRow): bigint {
  if (entry.state === 'deleted') return 0n;
  return liveMark({ ...entry, version: formatVersion(entry.version) });
}

/** Index of the first put above a sequence. */
function firstAbove({ puts }: State, sequence: number): number {
  let low = 0;
  let high = puts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((puts[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function totals(rows: readonly IndexRow[]): FolderTotals[] {
  const sums = new Map<string, FolderTotals>();
  for (const { entry } of rows) {
    const { files, bytes, tombstones } = sums.get(entry.folder) ?? { files: 0, bytes: 0, tombstones: 0 };
    sums.set(entry.folder, {
      folder: entry.folder,
      files: files + (entry.state === 'live' ? 1 : 0),
      bytes: bytes + (entry.state === 'live' ? entry.size : 0),
      tombstones: tombstones + (entry.state === 'live' ? 0 : 1),
    });
  }
  return [...sums.values()].sort((a, b) => compareBytes(a.folder, b.folder));
}
