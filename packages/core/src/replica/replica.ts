import type { ChunkList } from '../model/chunk-list.js';
import type { Entry, LiveEntry, Tombstone } from '../model/entry.js';
import type { ErrorCode } from '../model/error-catalogue.js';
import type { FileKey, SyncPath } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { HostStore } from '../ports/host-store.js';
import type { IndexStore } from '../ports/index-store.js';
import type { IgnoreSpec, Listing, Staged, Transfer, Work } from '../ports/work.js';
import type { ReplicaEvents } from './events.js';

/** Something may have changed at this path. */
export interface Hint extends FileKey {
  /** True when the path was already missing one delete-wait ago: a deletion may be recorded now. */
  readonly confirmed: boolean;
  /** True when an event said so just now; false when a scan met it, so that the time of the change is unknown. */
  readonly live: boolean;
  /**
   * True when the system told of the name only: the path was made, linked, moved here or away, and nobody wrote to it. A file whose
   * stamp is that of its row is not read then; it is most likely what a peer sent.
   */
  readonly nameOnly?: boolean;
}

export interface ObserveReport {
  readonly recorded: readonly Entry[];
  /** Missing files: hint them again with `confirmed` after the delete wait (300 ms). */
  readonly missing: readonly FileKey[];
  /** Files that changed while they were read: back to the coalescer with a longer quiet time. */
  readonly changing: readonly FileKey[];
}

export interface ScanReport extends ObserveReport {
  readonly folder: string;
  readonly files: number;
  readonly skipped: Listing['skipped'];
  readonly unreadable: Listing['unreadable'];
  readonly rootPresent: boolean;
  readonly ms: number;
}

/** An entry from a peer, with its bytes when they came along. */
export interface Incoming {
  readonly entry: Entry;
  readonly staged?: Staged;
  /**
   * Folders whose content may stand in for bytes that did not come along: those that the peer may read. Absent: all, and the archive.
   * Otherwise a peer that knows, or guesses, a digest could have a file of another folder copied to where it may read it.
   */
  readonly copyFrom?: readonly string[];
}

/** What became of one incoming entry. */
export type Verdict =
  /** This replica knows this version or a newer one, durably. */
  | {
      readonly status: 'settled';
      readonly applied: 'written' | 'copied' | 'deleted' | 'adopted' | 'kept' | 'nothing';
    }
  /** Send the bytes. */
  | { readonly status: 'want' }
  /** A hold stopped this deletion; try again later. */
  | { readonly status: 'held' }
  | { readonly status: 'refused'; readonly code: ErrorCode; readonly message: string };

/** Bytes of one file being read for a peer. */
export interface OpenContent {
  readonly size: number;
  /** See `Work.readPart`. */
  read(position: number, length: number, into?: SharedArrayBuffer): Promise<Uint8Array>;
  /** `changed`: the file was modified since it was opened; what was read must not be used. */
  close(): Promise<{ readonly changed: boolean }>;
}

/** What of a large content is here. Neither field: nothing, send the whole. */
export interface PartsHere {
  /** Some of it may be: its chunks would tell. */
  readonly parts?: true;
  /** All but these of the given chunks, by index, ascending. */
  readonly chunks?: readonly number[];
}

/** Counts since this replica was opened. */
export interface ReplicaCounters {
  /** Hints that found disk and index equal (echoes, touches without effect). */
  unchanged: number;
  /** Incoming content that was copied from the tree or the archive: nothing travelled. */
  copied: number;
  /** Incoming entries that were known already. */
  known: number;
  conflicts: number;
}

/** How the index is. */
export type IndexHealth = 'whole' | 'damaged' | 'rebuilding';

/** One server's copy of the folders plus its index: the only writer of both. Sender and receiver meet here. */
export interface Replica {
  readonly node: NodeId;
  readonly folders: readonly string[];
  readonly maxFileBytes: number;
  readonly index: IndexStore;
  /** `damaged`: it cannot be used, for a moment; `rebuilding`: a new one is filled by the scan of the folders. */
  indexHealth(): IndexHealth;
  /** What is shared with the other processes of this host; null in one that is alone. */
  readonly host: HostStore | null;
  readonly events: ReplicaEvents;
  readonly counters: Readonly<ReplicaCounters>;
  readonly staging: Pick<
    Work,
    'stage' | 'stageOpen' | 'stagePart' | 'stageFinish' | 'stageAbort' | 'discard'
  >;

  /** The exclusion rules in force, `.syncignore` files included. */
  ignoreSpec(): IgnoreSpec;
  /** Why this path is left out, null when it is synchronised. Throws FOLDER_UNKNOWN. */
  whyIgnored(file: FileKey): string | null;

  /** Compares disk with index at these paths and records what changed here. Directories are expanded. */
  observe(hints: readonly Hint[]): Promise<ObserveReport>;
  /** Compares a whole folder (or one directory in it) with the index and observes what differs. */
  scan(folder: string, directory?: SyncPath): Promise<ScanReport>;
  /** Absolute path of a folder's root, for the watcher. Throws FOLDER_UNKNOWN. */
  rootOf(folder: string): string;
  /** The identity of a folder's root; null when it is missing. */
  rootIdentity(folder: string): Promise<string | null>;

  /**
   * Decides, commits and records entries from a peer, in one batch. Answers in order; every answer means durable.
   * Staged bytes are consumed, whatever the verdict.
   */
  receive(batch: readonly Incoming[], from: NodeId): Promise<Verdict[]>;

  /** Bytes of small files, from the cache or the disk; null where the file no longer has this content. */
  readSmall(entries: readonly LiveEntry[]): Promise<(Uint8Array | null)[]>;
  /** Every peer has what it is to get: bytes that were kept for them leave the memory. */
  releaseContents(): void;
  /** Opens a file's bytes; null when the file no longer has this size. */
  openContent(entry: LiveEntry): Promise<OpenContent | null>;

  /** The chunks of a large file's content; null when the file does not have it any more, or is not large. */
  chunksOf(entry: LiveEntry): Promise<ChunkList | null>;
  /** The same while nobody waits, so that the next change of the file finds what it is compared with. Never rejects for the disk's sake. */
  learnChunks(entry: LiveEntry): Promise<void>;
  /** What of a large content that a peer offers is here, in the file that it replaces or left by a broken transfer. */
  partsHere(entry: LiveEntry, chunks?: ChunkList): Promise<PartsHere>;
  /** What `staging.stageOpen` has to know of a large content, of which the whole or `given` comes. */
  transferOf(entry: LiveEntry, given?: Transfer['parts']): Transfer;

  /** A change made through this server itself (plain upload, restore): a new version of this node. */
  write(file: FileKey, staged: Staged, attributes?: { mode?: number; mtimeMs?: number }): Promise<LiveEntry>;
  /** Deletes a file as a change of this node; null when there was none. */
  remove(file: FileKey): Promise<Tombstone | null>;
  /** Brings an archived content back as a new version. Throws NOT_FOUND, CONTENT_MISSING. */
  restore(archiveId: number): Promise<LiveEntry>;
  /** Opens an archived content for download. Throws NOT_FOUND. */
  openArchived(archiveId: number): Promise<OpenContent>;

  /** Lets a held batch go: deletions observed here are recorded, a peer's are accepted when it sends them again. Throws NOT_FOUND. */
  releaseHold(id: number): Promise<void>;
  /** Puts a missing file back as the index says it was, from bytes a peer gave. The version stays. */
  putBack(file: FileKey, staged: Staged): Promise<void>;

  /**
   * For one of several processes that share the index: each call of what it gives tells the events `recorded` and `applied` of what
   * the others recorded since the last. To be begun once.
   */
  followOthers(): () => Promise<void>;

  /** Keeps the archive in bounds and forgets tombstones that every known peer has acknowledged. */
  maintain(): Promise<{ readonly archivedRemoved: number; readonly forgotten: number }>;
  close(): Promise<void>;
}
