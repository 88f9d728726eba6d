import Database from 'better-sqlite3';
import { translateError } from './translate-error.js';

/** What SQLite takes and gives here. */
export type Value = string | number | null;

/** A prepared statement. Every method throws errors of the catalogue only. */
export interface Statement<Params extends readonly Value[], Row> {
  get(...params: Params): Row | undefined;
  all(...params: Params): Row[];
  run(...params: Params): { readonly changes: number; readonly lastId: number };
}

/** One open database: all that the rest of the adapter knows of the library. */
export interface Connection {
  /** Prepares once; keep the statement. `attempted` completes "Could not …" in an error. */
  prepare<Params extends readonly Value[], Row = never>(
    attempted: string,
    sql: string,
  ): Statement<Params, Row>;
  execute(attempted: string, sql: string): void;
  /** The first column of a pragma's first row. */
  pragma(pragma: string): unknown;
  /** Runs what makes sense of rows that were read: an INDEX_DAMAGED that it throws is damage of this database. */
  trusting<T>(read: () => T): T;
  /** False again when SQLite itself rolled back, as it does when the disk is full. */
  readonly inTransaction: boolean;
  close(): void;
}

/** How long a statement waits for another process that is writing. */
const busyMs = 5000;

/** Opens an existing database file. Throws NOT_PERMITTED or STORAGE_FAILED; what the file holds is not looked at yet. */
export function openConnection(file: string, waitMs = busyMs): Connection {
  const database = attempt(
    'open the index',
    () => new Database(file, { timeout: waitMs, fileMustExist: true }),
  );
  return {
    prepare<Params extends readonly Value[], Row>(attempted: string, sql: string) {
      const statement = attempt(attempted, () => database.prepare<Value[], Row>(sql));
      return {
        get: (...params: Params) => attempt(attempted, () => statement.get(...params)),
        all: (...params: Params) => attempt(attempted, () => statement.all(...params)),
        run: (...params: Params) => {
          const { changes, lastInsertRowid } = attempt(attempted, () => statement.run(...params));
          return { changes, lastId: Number(lastInsertRowid) };
        },
      };
    },
    execute: (attempted, sql) => {
      attempt(attempted, () => database.exec(sql));
    },
    pragma: (pragma) =>
      attempt(`read the index (${pragma})`, () => database.pragma(pragma, { simple: true })),
    trusting: (read) => read(),
    get inTransaction() {
      return database.inTransaction;
    },
    close: () => {
      database.close();
    },
  };
}

function attempt<T>(attempted: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw translateError(error, attempted);
  }
}
