import type { Digest, SyncPath } from '../../model/path.js';
import type { ArchiveReason, ArchiveRow, ArchiveStore } from '../../ports/index-tables.js';
import type { Connection } from './connection.js';
import type { Ledger } from './ledger.js';

interface Stored {
  readonly id: number;
  readonly folder: string;
  readonly path: string;
  readonly digest: string;
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly archivedMs: number;
  readonly reason: string;
  readonly by: string;
}

const select = `SELECT id, folder, path, digest, size, mode, mtime_ms AS mtimeMs, archived_ms AS archivedMs, reason, by
  FROM archive`;

/** The archive's records in an open database. */
export function openArchive(connection: Connection, ledger: Ledger): ArchiveStore {
  const reading = readers(connection);
  return { ...reading, ...writers(connection, ledger, reading) };
}

type Reader = 'get' | 'list' | 'has' | 'totals';

function readers(connection: Connection): Pick<ArchiveStore, Reader> {
  const one = connection.prepare<[number], Stored>('read the archive', `${select} WHERE id = ?`);
  const list = connection.prepare<[string | null, string | null, number, number], Stored>(
    'read the archive',
    `${select} WHERE reason = IFNULL(?, reason) AND folder = IFNULL(?, folder)
     ORDER BY archived_ms DESC, id DESC LIMIT ? OFFSET ?`,
  );
  const has = connection.prepare<[string], { id: number }>(
    'look into the archive',
    'SELECT id FROM archive WHERE digest = ? LIMIT 1',
  );
  const totals = connection.prepare<[], { rows: number; bytes: number }>(
    'measure the archive',
    `SELECT (SELECT COUNT(*) FROM archive) AS rows,
       (SELECT TOTAL(size) FROM (SELECT DISTINCT digest, size FROM archive)) AS bytes`,
  );
  return {
    get: (id) => {
      const stored = one.get(id);
      return stored === undefined ? undefined : parseArchive(stored);
    },
    // A limit of -1 is none.
    list: (query = {}) =>
      list
        .all(query.reason ?? null, query.folder ?? null, query.limit ?? -1, query.offset ?? 0)
        .map(parseArchive),
    has: (digest) => has.get(digest) !== undefined,
    totals: () => totals.get() ?? { rows: 0, bytes: 0 },
  };
}

function writers(
  connection: Connection,
  ledger: Ledger,
  reading: Pick<ArchiveStore, Reader>,
): Pick<ArchiveStore, 'add' | 'prune'> {
  const insert = connection.prepare<[string, string, string, number, number, number, number, string, string]>(
    'record archived content',
    `INSERT INTO archive (folder, path, digest, size, mode, mtime_ms, archived_ms, reason, by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const oldest = connection.prepare<[], Stored>(
    'read the archive',
    `${select} ORDER BY archived_ms, id LIMIT 1`,
  );
  const remove = connection.prepare<[number]>('prune the archive', 'DELETE FROM archive WHERE id = ?');
  return {
    add: (row) =>
      ledger.write(() => {
        const { folder, path, digest, size, mode, mtimeMs, archivedMs, reason, by } = row;
        return insert.run(folder, path, digest, size, mode, mtimeMs, archivedMs, reason, by).lastId;
      }),
    prune: (bounds) =>
      ledger.transact(() => {
        let { rows, bytes } = reading.totals();
        const gone: Digest[] = [];
        for (let first = oldest.get(); first !== undefined; first = oldest.get()) {
          const isWithin = rows <= bounds.maxRows && bytes <= bounds.maxBytes;
          if (isWithin && first.archivedMs >= bounds.olderThanMs) break;
          const { digest, size } = parseArchive(first);
          remove.run(first.id);
          rows -= 1;
          if (reading.has(digest)) continue;
          bytes -= size;
          gone.push(digest);
        }
        return gone;
      }),
  };
}

function parseArchive(stored: Stored): ArchiveRow {
  return {
    ...stored,
    path: stored.path as SyncPath,
    digest: stored.digest as Digest,
    reason: stored.reason as ArchiveReason,
  };
}
