import type { Stamp } from '../model/entry.js';
import type { FileKey, SyncPath } from '../model/path.js';
import type { IndexRow } from '../ports/index-store.js';
import type { Parts } from './parts.js';

/** A file that changed later than this, in ms, is read: what happens within one tick of the file system’s clock leaves the stamp as it was. */
const restMs = 2_000;

/**
 * Directories that were moved as a whole, learnt from the first of their files. A move of a directory leaves the stamp of each file in it
 * as it was, while a rename of the file itself, a link and any change of it give another. So the row under the former name says what a
 * file holds when the stamp is the same, exactly as a scan trusts the row of a file that stayed.
 */
export interface MovedDirectories {
  /** This file had that name, with the very stamp that it has now. */
  learn(file: FileKey, formerPath: SyncPath): void;
  /** The row that the file had before its directory was moved; undefined when nothing is known. The stamp is the caller's to compare. */
  formerRow(file: FileKey): IndexRow | undefined;
}

/** See `MovedDirectories`. */
export function createMovedDirectories({ index, clock }: Pick<Parts, 'index' | 'clock'>): MovedDirectories {
  const formerNames = new Map<string, string>();

  return {
    learn({ folder, path }, formerPath) {
      const [now, former] = withoutCommonEnd(path.split('/'), formerPath.split('/'));
      if (now !== '' && former !== '') formerNames.set(`${folder}\0${now}`, former);
    },
    formerRow({ folder, path }) {
      if (formerNames.size === 0) return undefined;
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        const former = formerNames.get(`${folder}\0${path.slice(0, end)}`);
        if (former === undefined) continue;
        const row = index.get({ folder, path: `${former}${path.slice(end)}` as SyncPath });
        return isTrusted(row, clock.now()) ? row : undefined;
      }
      return undefined;
    },
  };
}

/** Both without the names that they share at their ends: what is left is the directory that was moved. Empty when the file itself was. */
function withoutCommonEnd(now: readonly string[], former: readonly string[]): readonly [string, string] {
  let shared = 0;
  while (shared < Math.min(now.length, former.length) && now.at(-1 - shared) === former.at(-1 - shared))
    shared += 1;
  if (shared === 0) return ['', ''];
  return [now.slice(0, now.length - shared).join('/'), former.slice(0, former.length - shared).join('/')];
}

function isTrusted(row: IndexRow | undefined, nowMs: number): boolean {
  if (row?.entry.state !== 'live' || row.stamp === null) return false;
  return nowMs - changedMs(row.stamp) > restMs;
}

/** Stamps are `size:mtimeNs:ctimeNs:inode`. */
function changedMs(stamp: Stamp): number {
  return Number(stamp.split(':')[2]) / 1_000_000;
}
