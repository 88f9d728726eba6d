import type { Journal } from './journal.js';

/** Rows by key that a journal can undo. Rows are never changed in place. */
export interface Table<Key, Row> {
  get(key: Key): Row | undefined;
  /** In no particular order. */
  all(): Row[];
  set(key: Key, row: Row): void;
  delete(key: Key): void;
  /** The same rows, kept by another journal. */
  copy(journal: Journal): Table<Key, Row>;
}

/** A table that begins with these rows. */
export function createTable<Key, Row>(
  journal: Journal,
  from: ReadonlyMap<Key, Row> = new Map(),
): Table<Key, Row> {
  const rows = new Map(from);
  const put = (key: Key, row: Row | undefined): void => {
    if (row === undefined) rows.delete(key);
    else rows.set(key, row);
  };
  const change = (key: Key, row: Row | undefined): void => {
    journal.assertOpen();
    const old = rows.get(key);
    journal.changed(() => put(key, old));
    put(key, row);
  };
  return {
    get: (key) => {
      journal.assertOpen();
      return rows.get(key);
    },
    all: () => {
      journal.assertOpen();
      return [...rows.values()];
    },
    set: (key, row) => change(key, row),
    delete: (key) => {
      if (rows.has(key)) change(key, undefined);
    },
    copy: (other) => createTable(other, rows),
  };
}
