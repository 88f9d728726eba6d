import type { NonceStore } from '../../ports/host-store.js';
import type { Connection } from '../sqlite/connection.js';
import { inTransaction } from './transaction.js';

/** A nonce is of no use ten minutes after it arrived: see `createNonceCache`. */
const keepMs = 600_000;
/** Looked for what is old at every so many nonces that this process took. */
const takesPerSweep = 500;

/** The nonces that any process of the host took. Of more than `mostNonces` the oldest are dropped, and their nodes get a floor. */
export function openNonceNotes(connection: Connection, mostNonces = 200_000): NonceStore {
  const insert = connection.prepare<[string, string, number, number]>(
    'remember a request',
    'INSERT OR IGNORE INTO nonces (node, nonce, time_ms, arrived_ms) VALUES (?, ?, ?, ?)',
  );
  const floor = connection.prepare<[string], { readonly floor: number }>(
    'read up to when requests are forgotten',
    `SELECT MAX(began_ms - 1, COALESCE((SELECT floor_ms FROM floors WHERE node = ?), 0)) AS floor FROM life`,
  );
  const count = connection.prepare<[], { readonly count: number }>(
    'count the remembered requests',
    'SELECT COUNT(*) AS count FROM nonces',
  );
  const sweep = prepareSweep(connection);
  let takes = 0;

  return {
    take({ node, nonce, timeMs }, nowMs) {
      if (takes++ % takesPerSweep === 0) inTransaction(connection, () => sweepAt(nowMs));
      return insert.run(node, nonce, timeMs, nowMs).changes === 1;
    },
    floorMs: (node) => floor.get(node)?.floor ?? 0,
    get size() {
      return count.get()?.count ?? 0;
    },
  };

  function sweepAt(nowMs: number): void {
    sweep.expired.run(nowMs - keepMs);
    sweep.floors.run(nowMs - keepMs);
    const surplus = (count.get()?.count ?? 0) - mostNonces;
    if (surplus <= 0) return;
    sweep.raise.run(surplus);
    sweep.oldest.run(surplus);
  }
}

function prepareSweep(connection: Connection) {
  const oldest = 'FROM nonces ORDER BY arrived_ms LIMIT ?';
  return {
    expired: connection.prepare<[number]>('forget old requests', 'DELETE FROM nonces WHERE arrived_ms < ?'),
    floors: connection.prepare<[number]>('forget old requests', 'DELETE FROM floors WHERE floor_ms < ?'),
    raise: connection.prepare<[number]>(
      'note which requests are forgotten',
      `INSERT INTO floors SELECT node, MAX(time_ms) FROM (SELECT node, time_ms ${oldest}) WHERE true GROUP BY node
       ON CONFLICT (node) DO UPDATE SET floor_ms = MAX(floor_ms, excluded.floor_ms)`,
    ),
    oldest: connection.prepare<[number]>(
      'forget the oldest requests',
      `DELETE FROM nonces WHERE (node, nonce) IN (SELECT node, nonce ${oldest})`,
    ),
  };
}
