import { liveMark } from '../../rules/live-digest.js';
import { formatVersion } from '../../rules/version.js';
import type { SyncPath } from '../../model/path.js';
import type { IndexRow, IndexStore, NewRow } from '../../ports/index-store.js';
import type { Connection, Value } from './connection.js';
import { openStamps } from './stamps.js';
import { entryValues, parseEntryRow, type StoredEntry } from './entry-row.js';
import type { Change, Ledger } from './ledger.js';

/** The part of `IndexStore` that is about entries. */
export type EntryTable = Pick<
  IndexStore,
  'get' | 'after' | 'countAfter' | 'rows' | 'stamps' | 'withDigest' | 'put' | 'restamp' | 'forget'
>;

/** The columns that the sums are made of. */
type Facts = Pick<StoredEntry, 'deleted' | 'version' | 'digest' | 'size' | 'mode' | 'mtime_ms'>;

/** The entries in an open database. */
export function openEntries(connection: Connection, ledger: Ledger): EntryTable {
  return { ...readers(connection), ...openStamps(connection), ...writers(connection, ledger) };
}

type Writer = 'put' | 'restamp' | 'forget';

function readers(connection: Connection): Omit<EntryTable, Writer | 'stamps'> {
  const select = <Params extends readonly Value[]>(attempted: string, rest: string) =>
    connection.prepare<Params, StoredEntry>(attempted, `SELECT * FROM entries ${rest}`);
  const byKey = select<[string, string]>('read an entry', 'WHERE folder = ? AND path = ?');
  const after = select<[number, number]>('read the outbox', 'WHERE sequence > ? ORDER BY sequence LIMIT ?');
  const ofFolder = select<[string]>('read a folder of the index', 'WHERE folder = ? ORDER BY path');
  const ofDirectory = select<[string, string, string]>(
    'read a directory of the index',
    'WHERE folder = ? AND path > ? AND path < ? ORDER BY path',
  );
  const nextWithDigest = select<[string, number, number]>(
    'look for content in the index',
    'WHERE digest = ? AND deleted = 0 AND sequence > ? AND sequence <> ? ORDER BY sequence LIMIT 1',
  );
  const countAfter = connection.prepare<[number], { count: number }>(
    'count the outbox',
    'SELECT COUNT(*) AS count FROM entries WHERE sequence > ?',
  );
  const parsed = (rows: readonly StoredEntry[]): IndexRow[] =>
    connection.trusting(() => rows.map(parseEntryRow));
  return {
    get: (file) => {
      const stored = byKey.get(file.folder, file.path);
      return stored === undefined ? undefined : connection.trusting(() => parseEntryRow(stored));
    },
    after: (sequence, limit) => parsed(after.all(sequence, limit)),
    countAfter: (sequence) => countAfter.get(sequence)?.count ?? 0,
    rows: (folder, directory) =>
      // '0' is the character after '/': between the two lie all paths below the directory.
      parsed(
        directory === undefined
          ? ofFolder.all(folder)
          : ofDirectory.all(folder, `${directory}/`, `${directory}0`),
      ),
    // One by one: there is none or one most often, and a list costs three times as much as a row.
    withDigest: (digest, limit, except = -1) => {
      const found: IndexRow[] = [];
      for (let after = -1; found.length < limit;) {
        const stored = nextWithDigest.get(digest, after, except);
        if (stored === undefined) break;
        found.push(connection.trusting(() => parseEntryRow(stored)));
        after = stored.sequence;
      }
      return found;
    },
  };
}

function writers(connection: Connection, ledger: Ledger): Pick<EntryTable, Writer> {
  const facts = connection.prepare<[string, string], Facts>(
    'read an entry',
    'SELECT deleted, version, digest, size, mode, mtime_ms FROM entries WHERE folder = ? AND path = ?',
  );
  const replace = connection.prepare<readonly Value[]>(
    'write an entry',
    'REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const restamp = connection.prepare<[string | null, string, string]>(
    'write the stamp of an entry',
    'UPDATE entries SET stamp = ? WHERE folder = ? AND path = ?',
  );
  const remove = connection.prepare<[string, string]>(
    'forget an entry',
    'DELETE FROM entries WHERE folder = ? AND path = ?',
  );

  const put = (row: NewRow): number => {
    const { folder, path } = row.entry;
    const version = formatVersion(row.entry.version);
    const old = facts.get(folder, path);
    const sequence = ledger.nextSequence();
    replace.run(...entryValues(row, sequence, version));
    if (old !== undefined) ledger.note(weigh(folder, path, old, -1));
    ledger.note(weigh(folder, path, factsOf(row, version), 1));
    return sequence;
  };

  return {
    put: (row) => ledger.write(() => put(row)),
    restamp: (file, stamp) => void ledger.write(() => restamp.run(stamp, file.folder, file.path)),
    forget: (file) =>
      ledger.write(() => {
        const old = facts.get(file.folder, file.path);
        if (old === undefined) return;
        remove.run(file.folder, file.path);
        ledger.note(weigh(file.folder, file.path, old, -1));
      }),
  };
}

function factsOf({ entry }: NewRow, version: string): Facts {
  if (entry.state === 'deleted') {
    return { deleted: 1, version, digest: null, size: null, mode: null, mtime_ms: null };
  }
  return {
    deleted: 0,
    version,
    digest: entry.digest,
    size: entry.size,
    mode: entry.mode,
    mtime_ms: entry.mtimeMs,
  };
}

/** What a row that enters (1) or leaves (-1) does to the sums. */
function weigh(folder: string, path: SyncPath, facts: Facts, times: 1 | -1): Change {
  const { digest, size, mode, mtime_ms: mtimeMs } = facts;
  if (facts.deleted !== 0 || digest === null || size === null || mode === null || mtimeMs === null) {
    return { folder, files: 0, bytes: 0, tombstones: times, live: 0n };
  }
  const live = liveMark({ folder, path, version: facts.version, digest, mode, mtimeMs });
  return { folder, files: times, bytes: times * size, tombstones: 0, live };
}
