import type { PeerRow, PeerStore } from '../../ports/index-tables.js';
import type { Connection } from './connection.js';
import type { Ledger } from './ledger.js';

const columns = 'name, index_id AS indexId, cursor, baseline, last_contact_ms AS lastContactMs';

/** The peers in an open database. */
export function openPeers(connection: Connection, ledger: Ledger): PeerStore {
  const one = connection.prepare<[string], PeerRow>(
    'read a peer',
    `SELECT ${columns} FROM peers WHERE name = ?`,
  );
  const all = connection.prepare<[], PeerRow>('read the peers', `SELECT ${columns} FROM peers ORDER BY name`);
  const replace = connection.prepare<[string, string | null, number, number, number | null]>(
    'write a peer',
    'REPLACE INTO peers (name, index_id, cursor, baseline, last_contact_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = connection.prepare<[string]>('remove a peer', 'DELETE FROM peers WHERE name = ?');
  const removeDeferred = connection.prepare<[string]>('remove a peer', 'DELETE FROM deferred WHERE peer = ?');
  return {
    get: (name) => one.get(name),
    list: () => all.all(),
    save: (row) =>
      void ledger.write(() =>
        replace.run(row.name, row.indexId, row.cursor, row.baseline, row.lastContactMs),
      ),
    remove: (name) =>
      ledger.transact(() => {
        remove.run(name);
        removeDeferred.run(name);
      }),
  };
}

/**
 * Makes every peer start anew with an index that took another identity: all rows are offered to it first, since it may have
 * them already. Runs before the tables are open.
 */
export function resetPeers(connection: Connection): void {
  connection.execute(
    'reset the peers of the index',
    `UPDATE peers SET index_id = NULL, cursor = 0, baseline = (SELECT last_sequence FROM meta);
     DELETE FROM deferred;`,
  );
}
