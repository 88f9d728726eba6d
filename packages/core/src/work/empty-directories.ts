import { isSyncError } from '../model/error.js';
import type { Disk } from '../ports/disk.js';

/**
 * Removes a directory in which nothing but directories is left, so that a file can take its name: no deletion would ever
 * come for it. False when anything else is in it; some of the empty directories below may be gone then.
 */
export async function removeEmptyDirectories(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await emptyOut(disk, path)) && (await disk.rmdir(path));
  } catch (error) {
    if (isSyncError(error)) return false;
    throw error;
  }
}

async function emptyOut(disk: Disk, path: string): Promise<boolean> {
  const directory = await disk.openDirectory(path);
  if (directory === null) return false;
  try {
    const names = (await disk.list(directory.path)) ?? [];
    if (names.some(({ kind }) => kind !== 'directory')) return false;
    for (const { name } of names) {
      const inside = `${directory.path}/${name}`;
      if (!(await emptyOut(disk, inside)) || !(await disk.rmdir(inside))) return false;
    }
    return true;
  } finally {
    await directory.close();
  }
}
