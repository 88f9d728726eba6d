import { existsSync } from 'node:fs';
import { isSyncError, type SyncError } from '../../model/error.js';
import type { IndexKeeper, IndexLook } from '../../ports/index-keeper.js';
import { acquireProcessLock } from '../process-lock.js';
import type { Connection } from './connection.js';
import { identify, type Identity } from './identify.js';
import { openMeta, type MetaTable } from './meta.js';
import { beginAnew, openChecked, type DatabaseOptions, type OpenDatabase } from './open-database.js';
import type { RenewableConnection } from './renewable-connection.js';
import { watchDatabase, type DatabaseWatch } from './watch-database.js';

/** What belongs to an index from its beginning to its damage. */
export interface IndexLife {
  indexId: string;
  /** False once it was seen to be settled. */
  isFresh: boolean;
  watch: DatabaseWatch;
}

/** Identifies an open database and keeps watch over it. `movedAside` is the damaged one that it takes the place of, if any. */
export function keepIndex(
  connection: RenewableConnection,
  metaTable: MetaTable,
  options: DatabaseOptions & Identity & { readonly movedAside: string | null },
): { readonly life: IndexLife; readonly keeper: IndexKeeper } {
  const { file, clock } = options;
  const begin = (): IndexLife => {
    const { indexId } = identify(connection, metaTable, options);
    return { indexId, isFresh: true, watch: watchDatabase(file, clock) };
  };
  const life = begin();
  let { movedAside } = options;
  let isRebuilding = movedAside !== null;

  const renew = (damage: SyncError): IndexLook => {
    // Another process may be at it, or open the index just now. It is over in a moment.
    const lock = acquireProcessLock(`${file}.opening`);
    if (lock === null) return 'same';
    try {
      const next = successor(connection, { options, life, damage });
      connection.replace(next.connection);
      Object.assign(life, begin());
      movedAside = next.movedAside;
      isRebuilding = true;
      return 'renewed';
    } finally {
      lock.release();
    }
  };

  return {
    life,
    keeper: {
      get damage() {
        return connection.damage;
      },
      get movedAside() {
        return movedAside;
      },
      get isRebuilding() {
        return isRebuilding;
      },
      look() {
        if (isRebuilding && connection.damage === null) isRebuilding = metaTable.read().isFresh;
        const found = connection.damage ?? life.watch.look();
        if (found === null) return 'same';
        connection.condemn(found);
        return renew(found);
      },
      onDamage: (listener) => connection.onDamage(listener),
    },
  };
}

interface Succession {
  readonly options: DatabaseOptions & Identity;
  readonly life: IndexLife;
  readonly damage: SyncError;
}

/** The database that takes the place of a damaged one, which is closed. */
function successor(former: Connection, { options, life, damage }: Succession): OpenDatabase {
  const begun = life.watch.isInPlace() ? null : begunByAnother(options, life.indexId);
  if (begun !== null) {
    former.close();
    options.log.warn('Another process of this host has begun a new index; this one goes on with it');
    return { connection: begun, movedAside: null };
  }
  const next = beginAnew(options, damage);
  // Not before: the last one to close a database writes its journal back and removes it, unless the file was moved.
  former.close();
  return next;
}

/** The whole database of this node that stands in the former's place under another identity; null when there is none. */
function begunByAnother(options: DatabaseOptions & Identity, formerId: string): Connection | null {
  if (!existsSync(options.file)) return null;
  try {
    const connection = openChecked(options);
    const found = openMeta(connection).find();
    if (found?.node === options.node && found.indexId !== formerId) return connection;
    connection.close();
    return null;
  } catch (error) {
    if (isSyncError(error, 'INDEX_DAMAGED')) return null;
    throw error;
  }
}
