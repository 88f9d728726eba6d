import type { FileKey } from '../../model/path.js';
import { createFile } from '../create-file.js';
import { openConnection, type Connection } from '../sqlite/connection.js';
import { inTransaction } from './transaction.js';

/** Who holds which path, among all processes of a host. */
export interface LockTable {
  /** Takes all paths for this owner, or none: then it gives an owner who holds one of them. */
  take(files: readonly FileKey[]): string | null;
  /** Gives this owner's paths back. */
  free(files: readonly FileKey[]): void;
  /** Frees everything that another owner holds; for one that has ended. */
  clear(owner: string): void;
  close(): void;
}

/** The table in a database of its own, made when missing. Nothing in it outlives the processes, so nothing is flushed. */
export function openLockTable(file: string, owner: string): LockTable {
  createFile(file);
  const connection = openConnection(file);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = OFF');
  connection.execute(
    'make the table of locks',
    'CREATE TABLE IF NOT EXISTS held (folder TEXT, path TEXT, owner TEXT NOT NULL, PRIMARY KEY (folder, path)) WITHOUT ROWID',
  );
  const statements = prepare(connection);
  const remove = (files: readonly FileKey[]): void => {
    for (const { folder, path } of files) statements.remove.run(folder, path, owner);
  };

  return {
    take: (files) =>
      inTransaction(connection, () => {
        const holders = files.map(({ folder, path }) => statements.holder.get(folder, path)?.owner);
        // What this owner holds by the table was given back by its process and could not be written.
        const other = holders.find((holder) => holder !== undefined && holder !== owner);
        if (other !== undefined) return other;
        for (const { folder, path } of files) statements.insert.run(folder, path, owner);
        return null;
      }),
    free: (files) => inTransaction(connection, () => remove(files)),
    clear: (ended) => void statements.clear.run(ended),
    close: () => connection.close(),
  };
}

function prepare(connection: Connection) {
  return {
    holder: connection.prepare<[string, string], { readonly owner: string }>(
      'read a lock',
      'SELECT owner FROM held WHERE folder = ? AND path = ?',
    ),
    insert: connection.prepare<[string, string, string]>(
      'take a lock',
      'INSERT OR REPLACE INTO held (folder, path, owner) VALUES (?, ?, ?)',
    ),
    remove: connection.prepare<[string, string, string]>(
      'give a lock back',
      'DELETE FROM held WHERE folder = ? AND path = ? AND owner = ?',
    ),
    clear: connection.prepare<[string]>(
      'free the locks of an ended process',
      'DELETE FROM held WHERE owner = ?',
    ),
  };
}
