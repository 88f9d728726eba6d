import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import type { Disk, DiskReader, DiskStat, DiskWriter, FileKind } from '../../ports/disk.js';
import { attempt } from './attempt.js';
import { copyFile } from './copy-file.js';
import { kindOf, toDiskStat } from './disk-stat.js';
import { errnoOf } from './disk-error.js';
import { openNodeDirectory } from './node-directory.js';
import { createNodeReader } from './node-reader.js';
import { createNodeWriter, flush } from './node-writer.js';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** Never waits for the other end of a pipe, never follows a link. */
const forReading = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

/**
 * The real file system. Its calls are synchronous inside (for small files several times faster than libuv's pool), so
 * it belongs into a worker thread; only flushes run in the pool. With durability `os` flushes do nothing: the system
 * writes when it likes, and a power cut may take the last seconds.
 */
export function createNodeDisk(options: { readonly durability: 'fsync' | 'os' }): Disk {
  const durable = options.durability === 'fsync';
  const writer = (path: string, flags: number): DiskWriter =>
    createNodeWriter(openSync(path, flags, 0o600), path, durable);

  return {
    stat: (path) => attempt('look at', path, () => statOf(path)),
    list: (path) => attempt('list', path, () => entriesOf(path)),
    openDirectory: (path, { followLink = false } = {}) =>
      attempt('list', path, () => openNodeDirectory(path, followLink, durable)),
    openRead: (path) => attempt('open', path, () => readerOf(path)),
    create: (path) => attempt('create', path, () => writer(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)),
    openAppend: (path) => attempt('write', path, () => writer(path, O_WRONLY | O_APPEND | O_NOFOLLOW)),
    rename: (from, to) => attempt('rename', from, () => renameSync(from, to)),
    link: (from, to) => attempt('link', from, () => linkSync(from, to)),
    copy: (from, to) => attempt('copy', from, () => copyFile(from, to)),
    unlink: (path) => attempt('remove', path, () => unlessErrno(() => unlinkSync(path), ['ENOENT'])),
    mkdir: (path, mode) => attempt('make', path, () => unlessErrno(() => mkdirSync(path, mode), ['EEXIST'])),
    rmdir: (path) =>
      attempt('remove', path, () => unlessErrno(() => rmdirSync(path), ['ENOENT', 'ENOTEMPTY', 'EEXIST'])),
    setAttributes: (path, attributes) =>
      holding(path, forReading, (fd) => createNodeWriter(fd, path, durable).setAttributes(attributes)),
    syncDirectory: (path) =>
      durable ? holding(path, O_RDONLY | O_DIRECTORY, (fd) => flush(fd, path)) : Promise.resolve(),
    syncFile: (path) => (durable ? holding(path, forReading, (fd) => flush(fd, path)) : Promise.resolve()),
  };
}

function statOf(path: string): DiskStat | null {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : toDiskStat(stat);
}

function entriesOf(path: string): { name: string; kind: FileKind }[] | null {
  try {
    return readdirSync(path, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      kind: kindOf(entry) ?? statOf(`${path}/${entry.name}`)?.kind ?? 'device',
    }));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function readerOf(path: string): DiskReader | null {
  try {
    return createNodeReader(openSync(path, forReading), path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** True when the action went through, false when it failed with one of these. */
function unlessErrno(action: () => void, errnos: readonly string[]): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (errnos.includes(errnoOf(error))) return false;
    throw error;
  }
}

async function holding(path: string, flags: number, use: (fd: number) => Promise<void>): Promise<void> {
  const fd = await attempt('change', path, () => openSync(path, flags));
  try {
    await use(fd);
  } finally {
    closeSync(fd);
  }
}
