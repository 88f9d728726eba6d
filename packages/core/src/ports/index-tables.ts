import type { ErrorCode } from '../model/error-catalogue.js';
import type { Digest, FileKey, SyncPath } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';

/** What is remembered of one peer. */
export interface PeerRow {
  /** The peer's node id. */
  readonly name: NodeId;
  /** The index ID the peer had when the cursor was last moved; another one resets the cursor. */
  readonly indexId: string | null;
  /** The sequence of our index up to which the peer has acknowledged everything (or it is deferred). */
  readonly cursor: number;
  /** Rows up to here are offered first, since the peer may have them already (set when a cursor is reset). */
  readonly baseline: number;
  readonly lastContactMs: number | null;
}

export interface PeerStore {
  get(name: NodeId): PeerRow | undefined;
  save(row: PeerRow): void;
  list(): PeerRow[];
  /** Forgets the peer, and the rows that were deferred for it. */
  remove(name: NodeId): void;
}

/** A row that a peer could not take yet. */
export interface DeferredRow extends FileKey {
  readonly peer: NodeId;
  /** The sequence that was tried. */
  readonly sequence: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly attempts: number;
  readonly firstMs: number;
  readonly nextTryMs: number;
}

export interface DeferredStore {
  /** One row per peer and file: replaces an older one. */
  save(row: DeferredRow): void;
  remove(peer: NodeId, file: FileKey): void;
  /** Rows of a peer whose next try is due at `nowMs`, the longest due first. */
  due(peer: NodeId, nowMs: number, limit: number): DeferredRow[];
  /** When the next row of this peer is due, null when there is none. */
  nextTryMs(peer: NodeId): number | null;
  /** All, the one that first failed last at the top. */
  list(peer?: NodeId, limit?: number): DeferredRow[];
  count(peer: NodeId): number;
  /** Makes every row of the peer (of all peers) due now. */
  hasten(peer?: NodeId): void;
}

/** Why content went to the archive. */
export type ArchiveReason = 'replaced' | 'deleted' | 'conflict' | 'restored-over';

export interface ArchiveRow extends FileKey {
  readonly id: number;
  readonly digest: Digest;
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly archivedMs: number;
  readonly reason: ArchiveReason;
  /** The node whose change displaced the content. */
  readonly by: NodeId;
}

export interface ArchiveStore {
  add(row: Omit<ArchiveRow, 'id'>): number;
  get(id: number): ArchiveRow | undefined;
  /** Newest first. */
  list(query?: { reason?: ArchiveReason; folder?: string; limit?: number; offset?: number }): ArchiveRow[];
  has(digest: Digest): boolean;
  /** Rows, and bytes of distinct objects. */
  totals(): { rows: number; bytes: number };
  /**
   * Removes the oldest rows until age, bytes and count are within bounds: those archived before the moment `olderThanMs` (ms since
   * the epoch), and as many more as it takes. Gives the digests no row names any more.
   */
  prune(bounds: { olderThanMs: number; maxBytes: number; maxRows: number }): Digest[];
}

export type HoldReason = 'mass-deletion' | 'folder-emptied' | 'root-missing' | 'root-swapped';

/** A suspicious batch of deletions, stopped until a person releases it or the files come back. */
export interface HoldRow {
  readonly id: number;
  readonly folder: string;
  readonly reason: HoldReason;
  /** The peer whose deletions were refused here; null when the batch was observed here. */
  readonly peer: NodeId | null;
  readonly createdMs: number;
  readonly paths: readonly SyncPath[];
}

export interface HoldStore {
  /** One open hold per folder and peer: adds the paths to it when there is one. Returns its id. */
  add(hold: Omit<HoldRow, 'id'>): number;
  get(id: number): HoldRow | undefined;
  list(): HoldRow[];
  /** How many paths each hold has, by id: without reading them. */
  counts(): { readonly id: number; readonly paths: number }[];
  /** True when an open hold observed here names this path. */
  covers(file: FileKey): boolean;
  /** Takes paths out (they came back); a hold without paths ends. */
  withdraw(id: number, paths: readonly SyncPath[]): void;
  remove(id: number): void;
}

export type ActivityKind =
  | 'sent'
  | 'received'
  | 'deleted-there'
  | 'deleted-here'
  | 'moved'
  | 'observed'
  | 'failed'
  | 'refused'
  | 'skipped'
  | 'conflict'
  | 'held'
  | 'released'
  | 'restored'
  | 'peer-up'
  | 'peer-down'
  | 'scan'
  | 'note';

/** One line of the page's history. */
export interface ActivityRow {
  readonly id: number;
  readonly atMs: number;
  readonly kind: ActivityKind;
  readonly folder: string | null;
  readonly path: string | null;
  readonly peer: NodeId | null;
  readonly bytes: number;
  /** How long it took, or the latency since the change; null when it has no duration. */
  readonly ms: number | null;
  readonly code: ErrorCode | null;
  readonly message: string | null;
}

/** How many rows of activity are kept. */
export const maxActivityRows = 5000;

export interface ActivityStore {
  /** Appends rows; keeps the newest `maxActivityRows`. */
  add(rows: readonly Omit<ActivityRow, 'id'>[]): void;
  /** Newest first. */
  list(query?: { limit?: number; beforeId?: number; kind?: ActivityKind }): ActivityRow[];
}
