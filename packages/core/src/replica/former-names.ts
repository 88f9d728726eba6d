import type { LiveEntry, Stamp } from '../model/entry.js';
import { keyOf, type FileKey } from '../model/path.js';
import type { IndexRow } from '../ports/index-store.js';
import type { MovedDirectories } from './moved-directories.js';
import type { Parts } from './parts.js';

/** A file that appeared: its new entry, and its stamp. */
export interface Appeared {
  readonly entry: LiveEntry;
  readonly stamp: Stamp;
  /** Its row under the name that it had until its directory was moved; undefined when that is not known. */
  readonly former: IndexRow | undefined;
}

/** Names that files which appeared seem to have had, under their locks. */
export interface FormerNames {
  readonly files: readonly FileKey[];
  readonly release: () => void;
}

/**
 * Finds the old names of files that were renamed: rows of the same content and inode. Looked at in the same pass, both halves of a
 * rename are recorded together, go out together, and are one rename at the peer. A name that is locked right now is left to its own hint.
 */
export function formerNames(
  parts: Parts,
  appeared: readonly Appeared[],
  besides: readonly FileKey[],
  moved?: MovedDirectories,
): FormerNames {
  const known = new Set(besides.map(keyOf));
  const files = new Map<string, FileKey>();
  const found = parts.index.readTogether(() =>
    appeared.map((one) => ({
      ...one,
      rows: one.former ? [one.former] : parts.index.withDigest(one.entry.digest, 4),
    })),
  );
  for (const { entry, stamp, rows } of found) {
    for (const { entry: old, stamp: before } of rows.filter((row) => isSameFile(row, stamp))) {
      if (known.has(keyOf(old))) continue;
      files.set(keyOf(old), { folder: old.folder, path: old.path });
      if (before === stamp && old.folder === entry.folder) moved?.learn(entry, old.path);
    }
  }
  const former = [...files.values()];
  const release = former.length > 0 ? parts.locks.tryAcquire(former) : null;
  return release === null ? { files: [], release: () => undefined } : { files: former, release };
}

function isSameFile(row: IndexRow, stamp: Stamp): boolean {
  return row.stamp !== null && inodeOf(row.stamp) === inodeOf(stamp);
}

/** Stamps end with the inode: `size:mtimeNs:ctimeNs:inode`. */
export function inodeOf(stamp: Stamp): string {
  return stamp.slice(stamp.lastIndexOf(':') + 1);
}
