import { SyncError } from '../../model/error.js';
import type { FolderTotals } from '../../ports/index-store.js';
import type { Connection } from './connection.js';
import type { Meta, MetaTable } from './meta.js';
import { openTransactions } from './transactions.js';
import { openTotals } from './totals.js';

/** What a change of rows does to the sums that are kept beside them. */
export interface Change {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly tombstones: number;
  /** XOR of the marks that left and entered. */
  readonly live: bigint;
}

/**
 * The transactions of one connection, and the sums that must change with the rows: last sequence, live digest, totals. They are
 * collected in memory and written once at the end of the outermost transaction. That one is IMMEDIATE, so what it read at its
 * beginning stays true among all processes that share the database, and no sequence is given twice.
 */
export interface Ledger {
  /** See `IndexStore.transact`. */
  transact<T>(write: () => T, options?: { readonly lazy: boolean }): T;
  /** See `IndexStore.readTogether`. */
  readTogether<T>(read: () => T): T;
  /** Runs one writing statement in the transaction that is open, or in its own. */
  write<T>(statement: () => T): T;
  /** Gives the next sequence. Within `write` only. */
  nextSequence(): number;
  /** Adds to the sums. Within `write` only. */
  note(change: Change): void;
  meta(): Meta;
  totals(): FolderTotals[];
}

interface Pending {
  readonly start: Meta;
  given: number;
  live: bigint;
  changes: Change[];
}

/** The ledger of an open database with its schema in place. `check` throws when the database must not be written. */
export function openLedger(connection: Connection, metaTable: MetaTable, check: () => void): Ledger {
  const totals = openTotals(connection);
  const transactions = openTransactions<Pending>(connection, {
    check,
    start: () => ({ start: metaTable.read(), given: 0, live: 0n, changes: [] }),
    finish: ({ start, given, live, changes }) => {
      if (given === 0 && changes.length === 0) return;
      metaTable.advance(start.lastSequence + given, start.live ^ live);
      totals.add(changes);
    },
    save: (pending) => {
      const saved = { ...pending, changes: [...pending.changes] };
      return () => void Object.assign(pending, saved);
    },
  });

  const current = (): Pending => {
    const pending = transactions.notes;
    if (pending !== undefined) return pending;
    throw new SyncError('INTERNAL', 'Could not change the index outside a transaction.');
  };

  return {
    transact: (write, options) => transactions.transact(write, options),
    readTogether: (read) => transactions.readTogether(read),
    write: (statement) => transactions.write(statement),
    nextSequence: () => {
      const pending = current();
      pending.given += 1;
      return pending.start.lastSequence + pending.given;
    },
    note: (change) => {
      const pending = current();
      pending.live ^= change.live;
      pending.changes.push(change);
    },
    meta: () => {
      const meta = metaTable.read();
      const pending = transactions.notes;
      if (pending === undefined) return meta;
      return { ...meta, lastSequence: meta.lastSequence + pending.given, live: meta.live ^ pending.live };
    },
    totals: () => totals.list(transactions.notes?.changes ?? []),
  };
}
