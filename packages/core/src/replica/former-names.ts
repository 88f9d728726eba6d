import type { LiveEntry, Stamp } from '../model/entry.js';
import { keyOf, type FileKey } from '../model/path.js';
import type { IndexRow } from '../ports/index-store.js';
import type { Parts } from './parts.js';

/** A file that appeared: its new entry, and its stamp. */
export interface Appeared {
  readonly entry: LiveEntry;
  readonly stamp: Stamp;
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
): FormerNames {
  const known = new Set(besides.map(keyOf));
  const files = new Map<string, FileKey>();
  const rows = parts.index.readTogether(() =>
    appeared.flatMap(({ entry, stamp }) =>
      parts.index.withDigest(entry.digest, 4).filter((row) => isSameFile(row, stamp)),
    ),
  );
  for (const { entry: old } of rows) {
    if (!known.has(keyOf(old))) files.set(keyOf(old), { folder: old.folder, path: old.path });
  }
  const found = [...files.values()];
  const release = found.length > 0 ? parts.locks.tryAcquire(found) : null;
  return release === null ? { files: [], release: () => undefined } : { files: found, release };
}

function isSameFile(row: IndexRow, stamp: Stamp): boolean {
  return row.stamp !== null && inodeOf(row.stamp) === inodeOf(stamp);
}

/** Stamps end with the inode: `size:mtimeNs:ctimeNs:inode`. */
export function inodeOf(stamp: Stamp): string {
  return stamp.slice(stamp.lastIndexOf(':') + 1);
}
