import { isSyncError } from '../model/error.js';
import type { Digest } from '../model/path.js';
import type { Disk, DiskStat } from '../ports/disk.js';
import { inPrivateDirectory } from './private-directory.js';

/** Objects in the making begin with this, so that `sweep` knows them. */
export const unfinishedPrefix = '.new-';

/** The objects of the archive: files named by their digest. */
export interface Archive {
  readonly path: string;
  /** Gives a file of the tree a second name in the archive, or copies it where links are not possible. NOT_FOUND when it vanished. */
  readonly keep: (path: string, digest: Digest, stat: DiskStat) => Promise<void>;
  /** Moves a file into the archive; only removes it when the archive has its content already. */
  readonly take: (path: string, digest: Digest, size: number) => Promise<void>;
  readonly sync: () => Promise<void>;
}

/** See `Archive`. `newName` gives names that nobody else uses. */
export function createArchive(disk: Disk, path: string, newName: () => string): Archive {
  const objectOf = (digest: Digest): string => `${path}/${digest}`;
  const unfinished = (): string => `${path}/${unfinishedPrefix}${newName()}`;

  /** An object of another size was damaged from outside; it is replaced. */
  async function has(digest: Digest, size: number): Promise<boolean> {
    const object = await disk.stat(objectOf(digest));
    return object?.kind === 'file' && object.size === size;
  }

  async function copyIn(from: string, digest: Digest): Promise<void> {
    const copy = unfinished();
    try {
      await inPrivateDirectory(disk, path, () => disk.copy(from, copy));
      await disk.syncFile(copy);
      await disk.rename(copy, objectOf(digest));
    } catch (error) {
      if (isSyncError(error)) await disk.unlink(copy);
      throw error;
    }
  }

  async function keep(from: string, digest: Digest, stat: DiskStat): Promise<void> {
    try {
      await inPrivateDirectory(disk, path, () => disk.link(from, objectOf(digest)));
    } catch (error) {
      if (!isSyncError(error) || error.code === 'NOT_FOUND' || error.code === 'DISK_FULL') throw error;
      if (await has(digest, stat.size)) return;
      await copyIn(from, digest);
    }
  }

  async function take(from: string, digest: Digest, size: number): Promise<void> {
    if (await has(digest, size)) {
      await disk.unlink(from);
      return;
    }
    try {
      await inPrivateDirectory(disk, path, () => disk.rename(from, objectOf(digest)));
    } catch (error) {
      if (!isSyncError(error, 'STORAGE_FAILED')) throw error;
      await copyIn(from, digest);
      await disk.unlink(from);
    }
  }

  return {
    path,
    keep,
    take,
    sync: () => disk.syncDirectory(path),
  };
}
