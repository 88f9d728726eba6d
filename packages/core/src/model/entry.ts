import type { Digest, FileKey } from './path.js';
import type { NodeId, VersionVector } from './version-vector.js';

interface EntryBase extends FileKey {
  readonly version: VersionVector;
  /** When this version was made, in ms since the epoch by its author's clock; orders concurrent versions. Not the mtime. */
  readonly modifiedMs: number;
  /** The node that made this version. */
  readonly modifiedBy: NodeId;
}

/** A live file. */
export interface LiveEntry extends EntryBase {
  readonly state: 'live';
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, 0–0o777. */
  readonly mode: number;
  /** The file's modification time in whole ms since the epoch; travels with the content so that ETags agree. */
  readonly mtimeMs: number;
}

/** What is known of a deleted path. */
export interface Tombstone extends EntryBase {
  readonly state: 'deleted';
  /**
   * How many leading directories of the path still existed where it was deleted. A receiver removes the deeper ones
   * when they are empty, and keeps the others: an app may rely on an empty `uploads/`.
   */
  readonly keptParents: number;
  /**
   * True when a person released the batch of deletions that this one belongs to: receivers carry it out although
   * the batch looks suspicious, because it was already looked at once.
   */
  readonly released: boolean;
}

/** What is known of one path. */
export type Entry = LiveEntry | Tombstone;

/**
 * What the file system said of a file when its content was known: size, mtimeNs, ctimeNs and inode as one opaque string.
 * Two equal stamps in a scan mean "unchanged"; a hint is never answered by a stamp.
 */
export type Stamp = string;

/** A content in a file. With the stamp of its index row it is not hashed again when the file still has that. */
export interface KnownFile {
  readonly digest: Digest;
  readonly size: number;
  readonly stamp?: Stamp | null;
}
