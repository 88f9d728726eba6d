import type { ErrorCode } from '../../model/error-catalogue.js';
import {
  maxActivityRows,
  type ActivityKind,
  type ActivityRow,
  type ActivityStore,
} from '../../ports/index-tables.js';
import type { Connection } from './connection.js';
import type { Ledger } from './ledger.js';

interface Stored {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly folder: string | null;
  readonly path: string | null;
  readonly peer: string | null;
  readonly bytes: number;
  readonly ms: number | null;
  readonly code: string | null;
  readonly message: string | null;
}

type Inserted = [
  number,
  string,
  string | null,
  string | null,
  string | null,
  number,
  number | null,
  string | null,
  string | null,
];

/** The page's history in an open database. */
export function openActivity(connection: Connection, ledger: Ledger): ActivityStore {
  const list = connection.prepare<[number | null, string | null, number], Stored>(
    'read the activity',
    `SELECT id, at_ms AS atMs, kind, folder, path, peer, bytes, ms, code, message FROM activity
     WHERE id < IFNULL(?, 9e15) AND kind = IFNULL(?, kind) ORDER BY id DESC LIMIT ?`,
  );
  const insert = connection.prepare<Inserted>(
    'record activity',
    `INSERT INTO activity (at_ms, kind, folder, path, peer, bytes, ms, code, message)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const trim = connection.prepare<[number]>('trim the activity', 'DELETE FROM activity WHERE id <= ?');
  return {
    add: (rows) => {
      if (rows.length === 0) return;
      ledger.transact(() => {
        let lastId = 0;
        for (const { atMs, kind, folder, path, peer, bytes, ms, code, message } of rows.slice(
          -maxActivityRows,
        )) {
          lastId = insert.run(atMs, kind, folder, path, peer, bytes, ms, code, message).lastId;
        }
        trim.run(lastId - maxActivityRows);
      });
    },
    list: (query = {}) =>
      list.all(query.beforeId ?? null, query.kind ?? null, query.limit ?? -1).map(parseActivity),
  };
}

function parseActivity(stored: Stored): ActivityRow {
  return { ...stored, kind: stored.kind as ActivityKind, code: stored.code as ErrorCode | null };
}
