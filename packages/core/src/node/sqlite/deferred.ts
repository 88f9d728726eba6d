import type { ErrorCode } from '../../model/error-catalogue.js';
import type { SyncPath } from '../../model/path.js';
import type { Clock } from '../../ports/clock.js';
import type { DeferredRow, DeferredStore } from '../../ports/index-tables.js';
import type { Connection } from './connection.js';
import type { Ledger } from './ledger.js';

interface Stored {
  readonly peer: string;
  readonly folder: string;
  readonly path: string;
  readonly sequence: number;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly firstMs: number;
  readonly nextTryMs: number;
}

const select = `SELECT peer, folder, path, sequence, code, message, attempts, first_ms AS firstMs,
  next_try_ms AS nextTryMs FROM deferred`;

/** The deferred rows in an open database. */
export function openDeferred(connection: Connection, ledger: Ledger, clock: Clock): DeferredStore {
  const due = connection.prepare<[string, number, number], Stored>(
    'read the deferred rows',
    `${select} WHERE peer = ? AND next_try_ms <= ? ORDER BY next_try_ms, sequence, folder, path LIMIT ?`,
  );
  // A limit of -1 is none.
  const list = connection.prepare<[string | null, number], Stored>(
    'read the deferred rows',
    `${select} WHERE peer = IFNULL(?, peer) ORDER BY first_ms DESC, peer, folder, path LIMIT ?`,
  );
  const count = connection.prepare<[string], { count: number }>(
    'count the deferred rows',
    'SELECT COUNT(*) AS count FROM deferred WHERE peer = ?',
  );
  const earliest = connection.prepare<[string], { nextTryMs: number | null }>(
    'read the deferred rows',
    'SELECT MIN(next_try_ms) AS nextTryMs FROM deferred WHERE peer = ?',
  );
  const replace = connection.prepare<
    [string, string, string, number, string, string, number, number, number]
  >(
    'defer a row',
    `REPLACE INTO deferred (peer, folder, path, sequence, code, message, attempts, first_ms, next_try_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = connection.prepare<[string, string, string]>(
    'end the deferral of a row',
    'DELETE FROM deferred WHERE peer = ? AND folder = ? AND path = ?',
  );
  const hasten = connection.prepare<[number, string | null]>(
    'hasten the deferred rows',
    'UPDATE deferred SET next_try_ms = MIN(next_try_ms, ?) WHERE peer = IFNULL(?, peer)',
  );
  return {
    save: (row) =>
      void ledger.write(() =>
        replace.run(
          row.peer,
          row.folder,
          row.path,
          row.sequence,
          row.code,
          row.message,
          row.attempts,
          row.firstMs,
          row.nextTryMs,
        ),
      ),
    remove: (peer, file) => void ledger.write(() => remove.run(peer, file.folder, file.path)),
    due: (peer, nowMs, limit) => due.all(peer, nowMs, limit).map(parseDeferred),
    nextTryMs: (peer) => earliest.get(peer)?.nextTryMs ?? null,
    list: (peer, limit) => list.all(peer ?? null, limit ?? -1).map(parseDeferred),
    count: (peer) => count.get(peer)?.count ?? 0,
    hasten: (peer) => void ledger.write(() => hasten.run(clock.now(), peer ?? null)),
  };
}

function parseDeferred(stored: Stored): DeferredRow {
  return { ...stored, path: stored.path as SyncPath, code: stored.code as ErrorCode };
}
