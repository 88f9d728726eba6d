import { closeSync, fchmodSync, fsync, futimesSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DiskWriter } from '../../ports/disk.js';
import { attempt } from './attempt.js';
import { diskError } from './disk-error.js';
import { secondsOf } from './file-times.js';

const fsyncInPool = promisify(fsync);

/** Flushes a descriptor in libuv's pool: flushes that run side by side share one journal commit of the kernel. */
export async function flush(fd: number, path: string): Promise<void> {
  try {
    await fsyncInPool(fd);
  } catch (error) {
    throw diskError('sync', path, error);
  }
}

/** A writer over an open descriptor, which it owns. `durable` false makes `sync` do nothing. */
export function createNodeWriter(fd: number, path: string, durable: boolean): DiskWriter {
  function writeAll(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  }

  return {
    write: (bytes) => attempt('write', path, () => writeAll(bytes)),
    setAttributes: ({ mode, mtimeMs }) =>
      attempt('change', path, () => {
        fchmodSync(fd, mode);
        futimesSync(fd, secondsOf(mtimeMs), secondsOf(mtimeMs));
      }),
    sync: () => (durable ? flush(fd, path) : Promise.resolve()),
    close: () => attempt('write', path, () => closeSync(fd)),
  };
}
