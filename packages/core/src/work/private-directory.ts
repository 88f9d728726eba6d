import { dirname } from 'node:path';
import { isSyncError } from '../model/error.js';
import type { Disk } from '../ports/disk.js';

/** Only the server's own user may look into staging and archive. */
const privateMode = 0o700;

/** Does `action` in a directory of our own, which is made (again) when it turns out to be missing. */
export async function inPrivateDirectory<T>(disk: Disk, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isSyncError(error, 'NOT_FOUND')) throw error;
    await makePrivateDirectory(disk, path);
    return action();
  }
}

async function makePrivateDirectory(disk: Disk, path: string): Promise<void> {
  try {
    await disk.mkdir(path, privateMode);
  } catch (error) {
    const parent = dirname(path);
    if (!isSyncError(error, 'NOT_FOUND') || parent === path) throw error;
    await makePrivateDirectory(disk, parent);
    await disk.mkdir(path, privateMode);
    await disk.syncDirectory(parent);
  }
}
