import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, statSync } from 'node:fs';
import { SyncError } from '../../model/error.js';
import type { DiskDirectory } from '../../ports/disk.js';
import { attempt } from './attempt.js';
import { diskError, errnoOf } from './disk-error.js';
import { flush } from './node-writer.js';

/** Linux reaches what lies below an open directory through here, whatever its parents are replaced by. */
const descriptors = '/proc/self/fd';
const hasDescriptors = process.platform === 'linux' && existsSync(descriptors);

/** See `Disk.openDirectory`. `durable` false makes `sync` do nothing. */
export function openNodeDirectory(path: string, followLink: boolean, durable: boolean): DiskDirectory | null {
  const noFollow = followLink ? 0 : constants.O_NOFOLLOW;
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | noFollow);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return null;
    if (errno === 'ENOTDIR' || errno === 'ELOOP') refuse(path, error);
    throw diskError('list', path, error);
  }
  return wrap(fd, path, followLink, durable);
}

function wrap(fd: number, name: string, followLink: boolean, durable: boolean): DiskDirectory {
  const look = followLink ? statSync : lstatSync;
  const identify = (): string => identityOf(fstatSync(fd, { bigint: true }));

  function leadsHere(): boolean {
    const now = look(name, { bigint: true, throwIfNoEntry: false });
    return now !== undefined && identityOf(now) === identify();
  }

  return {
    path: hasDescriptors ? `${descriptors}/${fd}` : name,
    identity: () => attempt('look at', name, identify),
    isCurrent: () => (hasDescriptors ? Promise.resolve(true) : attempt('look at', name, leadsHere)),
    sync: () => (durable ? flush(fd, name) : Promise.resolve()),
    close: () => attempt('list', name, () => closeSync(fd)),
  };
}

/** With the time of birth: a directory that is made after another was deleted mostly gets its inode. */
function identityOf(stat: { dev: bigint; ino: bigint; birthtimeNs: bigint }): string {
  return `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`;
}

function refuse(path: string, cause: unknown): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new SyncError('PATH_THROUGH_LINK', 'Refused to enter a symbolic link: replace it by a real folder.', {
    cause,
  });
}
