import { closeSync, fchmodSync, fsync, futimesSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DiskWriter } from '../../ports/disk.js';
import { attempt } from './attempt.js';
import { diskError } from './disk-error.js';
import { secondsOf } from './file-times.js';

const fsyncInPool = promisify(fsync);
const writeInPool = promisify(write);

/** From here on a write takes so long that the thread had better do something else meanwhile, such as hashing the same bytes. */
const pooledBytes = 256 * 1024;

/** Flushes under way at once: libuv's pool has four threads, one of which is left to the host app. */
const flushesAtOnce = 3;
let underWay = 0;
const waiting: (() => void)[] = [];

/** Flushes a descriptor in libuv's pool: flushes that run side by side share one journal commit of the kernel. */
export async function flush(fd: number, path: string): Promise<void> {
  if (underWay < flushesAtOnce) underWay += 1;
  else await new Promise<void>((begin) => waiting.push(begin));
  try {
    await fsyncInPool(fd);
  } catch (error) {
    throw diskError('sync', path, error);
  } finally {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  }
}

/** A writer over an open descriptor, which it owns. `durable` false makes `sync` do nothing. */
export function createNodeWriter(fd: number, path: string, durable: boolean): DiskWriter {
  function writeAll(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  }

  async function writeLarge(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        written += (await writeInPool(fd, bytes, written)).bytesWritten;
      }
    } catch (error) {
      throw diskError('write', path, error);
    }
  }

  return {
    write: (bytes) =>
      bytes.length < pooledBytes ? attempt('write', path, () => writeAll(bytes)) : writeLarge(bytes),
    setAttributes: ({ mode, mtimeMs }) =>
      attempt('change', path, () => {
        fchmodSync(fd, mode);
        futimesSync(fd, secondsOf(mtimeMs), secondsOf(mtimeMs));
      }),
    sync: () => (durable ? flush(fd, path) : Promise.resolve()),
    close: () => attempt('write', path, () => closeSync(fd)),
  };
}
