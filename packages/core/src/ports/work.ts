import type { ChunkList } from '../model/chunk-list.js';
import type { KnownFile, Stamp } from '../model/entry.js';
import type { ErrorCode } from '../model/error-catalogue.js';
import type { Digest, FileKey, SyncPath } from '../model/path.js';
import type { Seen } from './seen.js';

export type { Seen, SeenFile } from './seen.js';

/** Where one folder of the replica lies. */
export interface FolderPlace {
  readonly folder: string;
  /** Absolute path of the folder. */
  readonly root: string;
  /** Absolute path of a directory on the same file system, never served, for staged files. */
  readonly staging: string;
}

/**
 * A file to look at. `known`: the digest of what it most likely holds, whose bytes nobody needs. `unread`: what it holds as long as its stamp
 * is this one, so that it need not be read then.
 */
export type Inspected = FileKey & { readonly known?: Digest | null; readonly unread?: KnownContent | null };

/** One file met while listing a folder. */
export interface Listed {
  readonly path: SyncPath;
  readonly stamp: Stamp;
}

/** What of a folder is listed: all of it, or a directory. */
export type ListedPlace = { readonly directory?: SyncPath; readonly ignore: IgnoreSpec };

/** Takes a page of a listing in. The next one comes when this is done; its failure ends the listing. */
export type TakeListed = (files: readonly Listed[]) => Promise<void>;

/** What a listing says besides the files. */
export interface Listing {
  /** False when the root itself is missing or is no directory: nothing may be concluded from an absent path. */
  readonly rootPresent: boolean;
  /** Identity of the root: device and inode. */
  readonly rootIdentity: string | null;
  /** How many files there were. */
  readonly files: number;
  /** Left out, with the reason shown to people. */
  readonly skipped: readonly {
    readonly path: string;
    readonly reason: string;
    readonly size: number | null;
  }[];
  /** Directories that could not be listed: nothing below them may be concluded to be deleted. */
  readonly unreadable: readonly { readonly path: string; readonly code: ErrorCode }[];
}

/** Bytes in staging whose digest and size were verified. */
export interface Staged {
  readonly folder: string;
  /** File name below the folder's staging directory. */
  readonly name: string;
  readonly digest: Digest;
  readonly size: number;
}

/** What the index says of a file on the disk. */
export interface KnownContent {
  readonly digest: Digest;
  readonly stamp: Stamp;
}

/** A large content on its way in. What a broken transfer of it left is kept, so that the next one goes on from there. */
export interface Transfer {
  /** The file that it is for. */
  readonly file: FileKey;
  readonly digest: Digest;
  readonly size: number;
  /** What that file holds now; null when it holds nothing. */
  readonly old: KnownContent | null;
  /** The content as chunks, and the ascending indices of those that come; the others are here. Absent: all of it comes. */
  readonly parts?: { readonly chunks: ChunkList; readonly sent: readonly number[] };
}

/** Where bytes that are already here can be copied from. */
export type ByteSource = { readonly from: 'tree'; readonly file: FileKey } | { readonly from: 'archive' };

/** One step of a commit. `expected` is the stamp of the index row: null when the path must be absent. */
export type CommitPlan =
  | {
      readonly do: 'write';
      readonly file: FileKey;
      readonly staged: Staged;
      readonly mode: number;
      readonly mtimeMs: number;
      readonly expected: Stamp | null;
      /** Digest of the content that is replaced: linked into the archive first. Null when the path was absent. */
      readonly archiveOld: Digest | null;
    }
  | {
      readonly do: 'delete';
      readonly file: FileKey;
      readonly expected: Stamp | null;
      readonly archiveOld: Digest | null;
      readonly keptParents: number;
    }
  /** A file that the peer renamed: its old name and its new one in one step. Nothing is archived, since nothing goes. */
  | {
      readonly do: 'move';
      readonly file: FileKey;
      /** The old name, in the same folder. */
      readonly from: FileKey;
      /** The stamp of the file at the old name; the new name must be free. */
      readonly expected: Stamp;
      readonly mode: number;
      readonly mtimeMs: number;
      /** Of the old name: its deeper directories are removed when empty. */
      readonly keptParents: number;
    }
  | {
      readonly do: 'touch';
      readonly file: FileKey;
      readonly expected: Stamp;
      readonly mode: number;
      readonly mtimeMs: number;
    }
  /** A conflict's losing bytes, straight from staging into the archive. */
  | { readonly do: 'archive'; readonly staged: Staged };

export type CommitOutcome =
  /** Durable (unless durability is 'os'). `stamp` is null after a delete or an archive. */
  | { readonly done: 'committed'; readonly stamp: Stamp | null }
  /** The target is not what the index says: observe it first, then decide again. The staged file remains. */
  | { readonly done: 'changed' }
  | { readonly done: 'failed'; readonly code: ErrorCode; readonly message: string };

/**
 * The jobs of a replica on its disk, each off the event loop of the host app (worker thread), all over the `Disk` port.
 * Batches answer in the order asked. A failure of one file is that file's answer, never a rejection of the batch.
 */
export interface Work {
  /**
   * Opens once, fstat, hash from that descriptor, fstat again. `keepBytesUpTo`: contents up to this size, unless `known`, come along. A
   * file that is as its `unread` says is not opened.
   */
  inspect(
    files: readonly Inspected[],
    options: { maxFileBytes: number; keepBytesUpTo: number },
  ): Promise<Seen[]>;
  /**
   * Lists a folder, or a directory in it, leaving out what `ignore` (see `IgnoreSpec`) excludes. The files come in pages, in the order of the
   * bytes of their paths (`compareBytes`), so that nobody ever holds all of them. Rejects with what `take` rejects with.
   */
  list(folder: string, what: ListedPlace, take: TakeListed): Promise<Listing>;
  /** Identity of a folder's root (device and inode); null when it is missing or no directory. */
  rootIdentity(folder: string): Promise<string | null>;
  /** Reads whole small files; null for one whose digest is no longer the given one. */
  read(files: readonly (FileKey & { readonly digest: Digest })[]): Promise<(Uint8Array | null)[]>;

  /** Opens one file for reading in parts; null when it is missing or its size differs. The caller owes `readClose`. */
  readOpen(file: FileKey & { readonly size: number }): Promise<{ readonly id: number } | null>;
  /** Up to `length` bytes, empty at the end: put into `into`, of which the view is given, or else into new memory. */
  readPart(id: number, position: number, length: number, into?: SharedArrayBuffer): Promise<Uint8Array>;
  /** `changed` is true when the file was modified since `readOpen`: what was read is not one version. */
  readClose(id: number): Promise<{ readonly changed: boolean }>;

  /** Writes and verifies small contents. A wrong digest answers CHECKSUM_MISMATCH and leaves nothing. Shared memory: see `stagePart`. */
  stage(
    contents: readonly { folder: string; digest: Digest; bytes: Uint8Array }[],
  ): Promise<(Staged | StageFailure)[]>;
  /**
   * Opens a staged file to be written in parts. The caller owes `stageFinish` or `stageAbort`. Of a `transfer` only the bytes that
   * come are written; those that are here are put between. Throws CONTENT_MISSING when they are not here any more.
   */
  stageOpen(folder: string, transfer?: Transfer): Promise<{ readonly id: number }>;
  /** Several may be under way: written in the order of the calls, none after a failed one. Shared memory is left alone until this settles. */
  stagePart(id: number, bytes: Uint8Array): Promise<void>;
  /** Verifies; on mismatch answers CHECKSUM_MISMATCH and removes the file. `expected` null takes what came (plain form). */
  stageFinish(id: number, expected: { digest: Digest; size: number } | null): Promise<Staged | StageFailure>;
  stageAbort(id: number): Promise<void>;
  /** Copies bytes that are here already into staging and verifies them; answers CONTENT_MISSING when they are not. */
  stageCopy(folder: string, digest: Digest, source: ByteSource): Promise<Staged | StageFailure>;
  discard(staged: readonly Staged[]): Promise<void>;

  /** The chunks of a large file: remembered, or read now. Null when the file does not have this content any more. */
  chunks(file: FileKey & KnownFile): Promise<ChunkList | null>;
  /** The indices of the chunks that are neither in the file as it is here nor left by a broken transfer. */
  missingChunks(transfer: Transfer, chunks: ChunkList): Promise<readonly number[]>;
  /** True when a broken transfer of this content left something. */
  hasPartial(folder: string, digest: Digest): Promise<boolean>;

  /**
   * Carries out the plans: parents checked component by component (no links) and made, attributes set on the staged files, fsync of
   * all, target compared with `expected`, old content linked into the archive, rename, fsync of the directories once per batch.
   */
  commit(plans: readonly CommitPlan[]): Promise<CommitOutcome[]>;

  /** Reads an archived object in parts through `readPart`/`readClose`; null when it is not there. */
  archiveOpen(digest: Digest): Promise<{ readonly id: number; readonly size: number } | null>;
  /** Every object of the archive, whether a record names it or not. */
  archiveObjects(): Promise<ArchiveObject[]>;
  /** Sets objects aside, brings them back, removes those set aside; gives how many were removed. */
  archiveTidy(tidying: ArchiveTidying): Promise<number>;
  /** Empties staging of what an earlier life left. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** One object as it lies in the archive. */
export interface ArchiveObject {
  readonly digest: Digest;
  /** Under a name where nobody looks for it, on its way to removal. */
  readonly isAside: boolean;
}

/** What becomes of objects that no record names. */
export interface ArchiveTidying {
  readonly aside: readonly Digest[];
  /** Set aside, and named by a record since. */
  readonly back: readonly Digest[];
  /** Set aside, and named by no record still. */
  readonly remove: readonly Digest[];
  /** Only objects whose inode did not change since then are set aside, in ms since the epoch. */
  readonly changedBeforeMs: number;
}

export interface StageFailure {
  readonly failed: ErrorCode;
  readonly message: string;
}

/** The exclusion rules as plain data, so that they can travel to a worker thread. See `createIgnore`. */
export interface IgnoreSpec {
  /** Globs added by options (`ignore`), gitignore syntax. */
  readonly patterns: readonly string[];
  /** Text of each folder's `.syncignore`. */
  readonly syncignore: Readonly<Record<string, string>>;
  readonly maxFileBytes: number;
}
