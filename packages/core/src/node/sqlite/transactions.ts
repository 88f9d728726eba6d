import { SyncError } from '../../model/error.js';
import type { Connection } from './connection.js';

/** What belongs to a transaction beside its statements. `Notes` is what it keeps in memory until the end. */
export interface Bookkeeping<Notes> {
  /** Before the transaction begins: throws when it must not. */
  check(): void;
  /** First within the transaction. */
  start(): Notes;
  /** Last within the transaction: writes the notes. */
  finish(notes: Notes): void;
  /** Remembers the notes; the function it gives puts them back. */
  save(notes: Notes): () => void;
}

/** The transactions of one connection. The outermost is IMMEDIATE, the others are savepoints. */
export interface Transactions<Notes> {
  /** A `lazy` one is not flushed by itself; the outermost decides. */
  transact<T>(write: () => T, options?: { readonly lazy: boolean }): T;
  /** Runs reads under one lock of the database file; that lock costs ten times what reading one row does. */
  readTogether<T>(read: () => T): T;
  /** Runs one writing statement in the transaction that is open, or in its own. */
  write<T>(statement: () => T): T;
  /** Undefined outside a transaction. */
  readonly notes: Notes | undefined;
}

/** Transactions that carry notes along. */
export function openTransactions<Notes>(
  connection: Connection,
  books: Bookkeeping<Notes>,
): Transactions<Notes> {
  const begin = connection.prepare<[]>('begin a transaction of the index', 'BEGIN IMMEDIATE');
  const commit = connection.prepare<[]>('write a transaction of the index', 'COMMIT');
  const beginReading = connection.prepare<[]>('begin to read the index', 'BEGIN');
  const endReading = connection.prepare<[]>('end reading the index', 'COMMIT');
  const rollback = connection.prepare<[]>('take back a transaction of the index', 'ROLLBACK');
  let notes: Notes | undefined;

  const outermost = <T>(write: () => T): T => {
    books.check();
    begin.run();
    try {
      notes = books.start();
      const result = refusePromise(write());
      assertOpen(connection);
      books.finish(notes);
      commit.run();
      return result;
    } catch (error) {
      if (connection.inTransaction) rollback.run();
      throw error;
    } finally {
      notes = undefined;
    }
  };

  return {
    transact: (write, { lazy } = { lazy: false }) => {
      if (notes !== undefined) return nested(connection, write, books.save(notes));
      return lazy ? unflushed(connection, () => outermost(write)) : outermost(write);
    },
    readTogether: (read) => {
      if (connection.inTransaction) return read();
      beginReading.run();
      try {
        return refusePromise(read());
      } finally {
        if (connection.inTransaction) endReading.run();
      }
    },
    write: (statement) => {
      if (notes === undefined) return outermost(statement);
      assertOpen(connection);
      return statement();
    },
    get notes() {
      return notes;
    },
  };
}

/** Without the flush of its commit. The next flush covers what was written here too, since the journal is one file. */
function unflushed<T>(connection: Connection, write: () => T): T {
  const level = connection.pragma('synchronous');
  if (level === normalLevel) return write();
  connection.execute('write without a flush', 'PRAGMA synchronous = NORMAL');
  try {
    return write();
  } finally {
    connection.execute('write with a flush again', 'PRAGMA synchronous = FULL');
  }
}

/** How SQLite numbers synchronous = NORMAL. */
const normalLevel = 1;

/** Savepoints of one name nest: SQLite takes the innermost. */
function nested<T>(connection: Connection, write: () => T, restore: () => void): T {
  assertOpen(connection);
  connection.execute('begin a nested transaction', 'SAVEPOINT nested');
  try {
    const result = refusePromise(write());
    connection.execute('end a nested transaction', 'RELEASE nested');
    return result;
  } catch (error) {
    restore();
    if (connection.inTransaction) {
      connection.execute('take back a nested transaction', 'ROLLBACK TO nested; RELEASE nested');
    }
    throw error;
  }
}

/** SQLite rolls back by itself when the disk is full: what ran after that would be written outside any transaction. */
function assertOpen(connection: Connection): void {
  if (connection.inTransaction) return;
  const message =
    'Could not write to the index: an earlier failure took the whole transaction back; try it again.';
  throw new SyncError('STORAGE_FAILED', message);
}

function refusePromise<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  throw new SyncError(
    'INTERNAL',
    'Could not run a transaction of the index: its function must not be async.',
  );
}
