import type { Connection } from '../sqlite/connection.js';

/** Runs `work` as one transaction that keeps other processes out from its beginning: all or nothing. */
export function inTransaction<T>(connection: Connection, work: () => T): T {
  connection.execute('begin in the state of the host', 'BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.execute('write the state of the host', 'COMMIT');
    return result;
  } finally {
    if (connection.inTransaction) connection.execute('take the state of the host back', 'ROLLBACK');
  }
}
