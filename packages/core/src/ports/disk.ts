import type { Stamp } from '../model/entry.js';

export type FileKind = 'file' | 'directory' | 'symlink' | 'socket' | 'fifo' | 'device';

export interface DiskStat {
  readonly kind: FileKind;
  readonly size: number;
  /** Permission bits, 0–0o777. */
  readonly mode: number;
  /** Whole ms, rounded to the nearest as Node's `Stats.mtime` is: what Express puts into an ETag. */
  readonly mtimeMs: number;
  /** size, mtimeNs, ctimeNs, inode as one string. */
  readonly stamp: Stamp;
  /** Inode number as text; equal for a file that was renamed. */
  readonly inode: string;
  /** Device number as text. */
  readonly device: string;
}

export interface DiskReader {
  stat(): Promise<DiskStat>;
  /**
   * Up to `length` bytes from `position`; empty at the end. The view is valid until the next call. With `into` they are put at its
   * beginning, no more than it holds, and the view is one of it.
   */
  read(position: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface DiskWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Mode and mtime of the open file. */
  setAttributes(attributes: { mode: number; mtimeMs: number }): Promise<void>;
  /** Durable on return. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** An open directory. Where the system allows it, operations below `path` reach this very directory, wherever its name leads by now. */
export interface DiskDirectory {
  /** Prefix for operations in it: `${path}/${name}`. Valid until `close`. */
  readonly path: string;
  /** Device and inode. */
  identity(): Promise<string>;
  /** False when the name it was opened by leads elsewhere now and `path` would follow it. */
  isCurrent(): Promise<boolean>;
  /** Makes renames, links and unlinks in it durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A name in a directory. */
export interface DiskName {
  readonly name: string;
  readonly kind: FileKind;
}

/**
 * The file system, one operation at a time, absolute paths. Symbolic links are never followed in the last component.
 * A missing file is `null` where that is an answer, else it throws NOT_FOUND. Other failures throw DISK_FULL,
 * NOT_PERMITTED, FILE_UNREADABLE (reading), PATH_BLOCKED (ENOTDIR, EISDIR, ENOTEMPTY, EEXIST) or STORAGE_FAILED.
 */
export interface Disk {
  stat(path: string): Promise<DiskStat | null>;
  /** Names and kinds; null when there is no such directory. Throws NOT_PERMITTED for one that cannot be read. */
  list(path: string): Promise<readonly DiskName[] | null>;
  /**
   * Opens a directory; null when missing. A link is refused with PATH_THROUGH_LINK, unless `followLink` is set (the configured
   * root of a folder); anything else that is no directory with PATH_BLOCKED. The caller owes `close`.
   */
  openDirectory(path: string, options?: { followLink?: boolean }): Promise<DiskDirectory | null>;
  /** Opens for reading without following a link; null when missing; throws FILE_UNREADABLE. */
  openRead(path: string): Promise<DiskReader | null>;
  /** Creates a file that must not exist (0600 until `setAttributes`). */
  create(path: string): Promise<DiskWriter>;
  /** Opens an existing file for appending (a resumed staging). */
  openAppend(path: string): Promise<DiskWriter>;
  rename(from: string, to: string): Promise<void>;
  /** Hard link; throws PATH_BLOCKED when `to` exists. */
  link(from: string, to: string): Promise<void>;
  /** Copies to a new file, sharing blocks where the file system can. */
  copy(from: string, to: string): Promise<void>;
  /** Gives false when it was missing. */
  unlink(path: string): Promise<boolean>;
  /** One directory; gives false when it exists. */
  mkdir(path: string, mode?: number): Promise<boolean>;
  /** Gives false when it is missing or not empty. */
  rmdir(path: string): Promise<boolean>;
  setAttributes(path: string, attributes: { mode: number; mtimeMs: number }): Promise<void>;
  /** Makes renames, links and unlinks in this directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Makes the content of this file durable. */
  syncFile(path: string): Promise<void>;
}
