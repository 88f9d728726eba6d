import { chmodSync, closeSync, constants, copyFileSync, fstatSync, openSync } from 'node:fs';
import { SyncError } from '../../model/error.js';

/**
 * Copies one regular file to a new one (0600), sharing blocks where the file system can. On Linux the source is copied
 * from its descriptor, so that a link put in its place meanwhile is not followed.
 */
export function copyFile(from: string, to: string): void {
  const fd = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) {
      throw new SyncError('PATH_BLOCKED', 'Refused to copy what is no regular file: move it away.');
    }
    const source = process.platform === 'linux' ? `/proc/self/fd/${fd}` : from;
    copyFileSync(source, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    chmodSync(to, 0o600);
  } finally {
    closeSync(fd);
  }
}
