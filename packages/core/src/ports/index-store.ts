import type { Entry, Stamp } from '../model/entry.js';
import type { Digest, FileKey, SyncPath } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { ActivityStore, ArchiveStore, DeferredStore, HoldStore, PeerStore } from './index-tables.js';

/** One row of the index: an entry and what this server alone knows about it. */
export interface IndexRow {
  readonly entry: Entry;
  /** Position of the row's last change in this index. */
  readonly sequence: number;
  /** The file as it was when its content was known; null for a tombstone. */
  readonly stamp: Stamp | null;
  /** The peer that taught us this version; null when it was observed here. */
  readonly learnedFrom: NodeId | null;
  /** When the row was written, in ms since the epoch. */
  readonly recordedMs: number;
}

/** A row to write: the store gives it the next sequence. */
export type NewRow = Omit<IndexRow, 'sequence'>;

/** The light part of a row, which scans compare. */
export interface StampRow {
  readonly path: SyncPath;
  readonly stamp: Stamp | null;
  readonly state: Entry['state'];
}

export interface FolderTotals {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly tombstones: number;
}

/**
 * The index of one replica: all entries, and the tables that must change together with them.
 * Every method is synchronous. Outside `transact` each write is a transaction of its own.
 * Throws INDEX_DAMAGED when the store cannot be read, DISK_FULL or STORAGE_FAILED when it cannot be written.
 */
export interface IndexStore {
  /** The random identity of this index's life; new after loss. */
  readonly indexId: string;
  /** True until `markSettled`: the index was made new over existing files, so what is found gets the empty version. */
  readonly isFresh: boolean;
  markSettled(): void;

  /** The last sequence given, 0 for an empty index. Never falls, even when rows are forgotten. */
  lastSequence(): number;
  get(file: FileKey): IndexRow | undefined;
  /** Rows with a sequence above `sequence`, ascending, at most `limit`. */
  after(sequence: number, limit: number): IndexRow[];
  /** How many rows have a sequence above `sequence`. */
  countAfter(sequence: number): number;
  /** Every row of a folder, or of one directory in it (its path without a trailing slash), by path. */
  rows(folder: string, directory?: SyncPath): IndexRow[];
  /** The light part of a folder's rows, by path, `limit` after the path `after`: what a scan compares, a page at a time. */
  stamps(query: {
    readonly folder: string;
    readonly directory?: SyncPath;
    readonly after: SyncPath | null;
    readonly limit: number;
  }): StampRow[];
  /** Live rows with this content, at most `limit`, without the one of the sequence `except`. */
  withDigest(digest: Digest, limit: number, except?: number): IndexRow[];
  totals(): FolderTotals[];
  /**
   * A digest over (folder, path, version, content) of all live rows: equal on two servers that agree. Order does not matter, so it
   * is kept up to date row by row. 32 hex digits.
   */
  liveDigest(): string;

  /**
   * Runs `write` as one transaction: all or nothing, durable on return (unless durability is 'os'). May be nested: the outermost
   * decides. A `lazy` one is not flushed by itself: a power cut may take it back, with the lazy ones around it, until the next
   * durable one. For what a scan or a peer tells again: a change observed here, a stamp, a cursor, the history.
   */
  transact<T>(write: () => T, options?: { readonly lazy: boolean }): T;
  /**
   * Runs many reads as one: they see the same state, and a store on a disk locks once for all of them instead of once for each. `read` must
   * not write.
   */
  readTogether<T>(read: () => T): T;
  /** Writes a row under the next sequence, replacing the path's old row. Returns the sequence. */
  put(row: NewRow): number;
  /** Changes only the stamp: no new sequence, nothing to deliver. */
  restamp(file: FileKey, stamp: Stamp | null): void;
  /** Removes a row for good (a tombstone that every peer has). */
  forget(file: FileKey): void;

  readonly peers: PeerStore;
  readonly deferred: DeferredStore;
  readonly holds: HoldStore;
  readonly archive: ArchiveStore;
  readonly activity: ActivityStore;

  close(): void;
}
