import type { DeletionWindow, PermitStore } from '../../ports/host-store.js';
import { deletionWindowMs } from '../../rules/index.js';
import type { Connection } from '../sqlite/connection.js';
import { inTransaction } from './transaction.js';

const mostRemembered = 5_000;
/** A permit that ends this long before a new one is over by any clock. */
const longestPermitMs = 86_400_000;

/** What each source deleted lately, received by whichever process: a mass deletion spread over all of them is still one. */
export function openDeletionNotes(connection: Connection): DeletionWindow {
  const count = connection.prepare<[string, string, number, number], { readonly count: number }>(
    'count the latest deletions',
    'SELECT COUNT(*) AS count FROM deletions WHERE folder = ? AND source = ? AND at_ms BETWEEN ? AND ?',
  );
  const insert = connection.prepare<[string, string, number]>(
    'note a deletion',
    'INSERT INTO deletions (folder, source, at_ms) VALUES (?, ?, ?)',
  );
  const cut = connection.prepare<[string, string, number]>(
    'forget old deletions',
    'DELETE FROM deletions WHERE id IN (SELECT id FROM deletions WHERE folder = ? AND source = ? ORDER BY at_ms DESC LIMIT -1 OFFSET ?)',
  );
  return {
    count: (folder, source, atMs) =>
      count.get(folder, source, atMs - deletionWindowMs, atMs + deletionWindowMs)?.count ?? 0,
    add(folder, source, times) {
      inTransaction(connection, () => {
        for (const time of times.slice(-mostRemembered)) insert.run(folder, source, time);
        cut.run(folder, source, mostRemembered);
      });
    },
  };
}

/** The released deletions of peers: whichever process hears of one next lets it in. */
export function openPermitNotes(connection: Connection): PermitStore {
  const insert = connection.prepare<[string, string, number]>(
    'permit a deletion',
    'INSERT OR REPLACE INTO permits (folder, path, until_ms) VALUES (?, ?, ?)',
  );
  const find = connection.prepare<[string, string, number], { readonly found: number }>(
    'look for a permitted deletion',
    'SELECT 1 AS found FROM permits WHERE folder = ? AND path = ? AND until_ms >= ?',
  );
  const forget = connection.prepare<[number, number]>(
    'forget old permits',
    'DELETE FROM permits WHERE until_ms < ? - ?',
  );
  return {
    permit(files, untilMs) {
      inTransaction(connection, () => {
        forget.run(untilMs, longestPermitMs);
        for (const { folder, path } of files) insert.run(folder, path, untilMs);
      });
    },
    isPermitted({ folder, path }, nowMs) {
      return find.get(folder, path, nowMs) !== undefined;
    },
  };
}
