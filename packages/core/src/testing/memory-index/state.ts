import type { NodeId } from '../../model/version-vector.js';
import type { IndexRow } from '../../ports/index-store.js';
import type { ActivityRow, ArchiveRow, DeferredRow, HoldRow, PeerRow } from '../../ports/index-tables.js';
import { createJournal, type Journal } from './journal.js';
import { createTable, type Table } from './table.js';

/** What the index knows of itself. */
export interface MemoryMeta {
  readonly indexId: string;
  readonly node: NodeId;
  readonly isFresh: boolean;
  readonly lastSequence: number;
  readonly live: bigint;
}

/** Everything one memory index holds. */
export interface State {
  readonly journal: Journal;
  /** One row. */
  readonly meta: Table<'meta', MemoryMeta>;
  /** By `keyOf`. */
  readonly entries: Table<string, IndexRow>;
  /** Every put in its order, with the key it wrote: the row may have moved on since. */
  readonly puts: Put[];
  readonly peers: Table<NodeId, PeerRow>;
  /** By peer, then `keyOf`. */
  readonly deferred: Table<string, DeferredRow>;
  readonly holds: Table<number, HoldRow>;
  readonly archive: Table<number, ArchiveRow>;
  readonly activity: Table<number, ActivityRow>;
  /** The last id given per table; ids are not given twice. */
  readonly lastIds: Table<string, number>;
}

/** That a sequence was given to a key. */
export interface Put {
  readonly sequence: number;
  readonly key: string;
}

/** A state without rows. */
export function createState(meta: MemoryMeta): State {
  const journal = createJournal();
  return {
    journal,
    meta: createTable(journal, new Map([['meta', meta]])),
    entries: createTable(journal),
    puts: [],
    peers: createTable(journal),
    deferred: createTable(journal),
    holds: createTable(journal),
    archive: createTable(journal),
    activity: createTable(journal),
    lastIds: createTable(journal),
  };
}

/** The same rows under a journal of their own. */
export function copyState(state: State): State {
  const journal = createJournal();
  return {
    journal,
    meta: state.meta.copy(journal),
    entries: state.entries.copy(journal),
    puts: [...state.puts],
    peers: state.peers.copy(journal),
    deferred: state.deferred.copy(journal),
    holds: state.holds.copy(journal),
    archive: state.archive.copy(journal),
    activity: state.activity.copy(journal),
    lastIds: state.lastIds.copy(journal),
  };
}

/** The meta row, which is always there. */
export function readMeta(state: State): MemoryMeta {
  const meta = state.meta.get('meta');
  if (meta === undefined) throw new TypeError('A memory index lost its meta row.');
  return meta;
}

/** A new id of a table. Within a transaction. */
export function nextId(state: State, table: 'holds' | 'archive' | 'activity'): number {
  const id = (state.lastIds.get(table) ?? 0) + 1;
  state.lastIds.set(table, id);
  return id;
}
