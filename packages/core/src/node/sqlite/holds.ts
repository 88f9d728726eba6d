import type { SyncPath } from '../../model/path.js';
import type { HoldReason, HoldRow, HoldStore } from '../../ports/index-tables.js';
import type { Connection } from './connection.js';
import type { Ledger } from './ledger.js';

interface Stored {
  readonly id: number;
  readonly folder: string;
  readonly reason: string;
  readonly peer: string | null;
  readonly createdMs: number;
}

const select = 'SELECT id, folder, reason, peer, created_ms AS createdMs FROM holds';

/** The holds in an open database. */
export function openHolds(connection: Connection, ledger: Ledger): HoldStore {
  return { ...readers(connection), ...writers(connection, ledger) };
}

function readers(connection: Connection): Pick<HoldStore, 'get' | 'list' | 'counts' | 'covers'> {
  const one = connection.prepare<[number], Stored>('read a hold', `${select} WHERE id = ?`);
  const all = connection.prepare<[], Stored>('read the holds', `${select} ORDER BY id`);
  const paths = connection.prepare<[number], { path: string }>(
    'read the paths of a hold',
    'SELECT path FROM hold_paths WHERE hold = ? ORDER BY path',
  );
  const covering = connection.prepare<[string, string], { id: number }>(
    'look for a hold',
    `SELECT id FROM holds JOIN hold_paths ON hold = id
     WHERE folder = ? AND peer IS NULL AND hold_paths.path = ?`,
  );
  const counted = connection.prepare<[], { id: number; paths: number }>(
    'count the paths of the holds',
    'SELECT hold AS id, count(*) AS paths FROM hold_paths GROUP BY hold ORDER BY hold',
  );
  const complete = (stored: Stored): HoldRow => ({
    ...stored,
    reason: stored.reason as HoldReason,
    paths: paths.all(stored.id).map(({ path }) => path as SyncPath),
  });
  return {
    get: (id) => {
      const stored = one.get(id);
      return stored === undefined ? undefined : complete(stored);
    },
    list: () => all.all().map(complete),
    counts: () => counted.all(),
    covers: (file) => covering.get(file.folder, file.path) !== undefined,
  };
}

function writers(connection: Connection, ledger: Ledger): Pick<HoldStore, 'add' | 'withdraw' | 'remove'> {
  const find = connection.prepare<[string, string | null], { id: number }>(
    'look for a hold',
    'SELECT id FROM holds WHERE folder = ? AND peer IS ?',
  );
  const insert = connection.prepare<[string, string, string | null, number]>(
    'write a hold',
    'INSERT INTO holds (folder, reason, peer, created_ms) VALUES (?, ?, ?, ?)',
  );
  const insertPath = connection.prepare<[number, string]>(
    'write a path of a hold',
    'INSERT OR IGNORE INTO hold_paths (hold, path) VALUES (?, ?)',
  );
  const removePath = connection.prepare<[number, string]>(
    'take a path out of a hold',
    'DELETE FROM hold_paths WHERE hold = ? AND path = ?',
  );
  const removePaths = connection.prepare<[number]>('end a hold', 'DELETE FROM hold_paths WHERE hold = ?');
  const removeHold = connection.prepare<[number]>('end a hold', 'DELETE FROM holds WHERE id = ?');
  const removeEmpty = connection.prepare<[number, number]>(
    'end a hold',
    'DELETE FROM holds WHERE id = ? AND NOT EXISTS (SELECT 1 FROM hold_paths WHERE hold = ?)',
  );
  return {
    add: (hold) =>
      ledger.transact(() => {
        const id =
          find.get(hold.folder, hold.peer)?.id ??
          insert.run(hold.folder, hold.reason, hold.peer, hold.createdMs).lastId;
        for (const path of hold.paths) insertPath.run(id, path);
        return id;
      }),
    withdraw: (id, paths) =>
      ledger.transact(() => {
        for (const path of paths) removePath.run(id, path);
        removeEmpty.run(id, id);
      }),
    remove: (id) =>
      ledger.transact(() => {
        removePaths.run(id);
        removeHold.run(id);
      }),
  };
}
