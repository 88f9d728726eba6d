import { closeSync, fstatSync, readSync } from 'node:fs';
import type { DiskReader } from '../../ports/disk.js';
import { attempt } from './attempt.js';
import { toDiskStat } from './disk-stat.js';

/** A reader over an open descriptor, which it owns. Its one buffer grows to the largest part asked for. */
export function createNodeReader(fd: number, path: string): DiskReader {
  let buffer = Buffer.alloc(0);

  function ownBuffer(length: number): Uint8Array {
    if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length);
    return buffer.subarray(0, length);
  }

  function readInto(target: Uint8Array, position: number): Uint8Array {
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(fd, target, filled, target.length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return target.subarray(0, filled);
  }

  return {
    stat: () => attempt('look at', path, () => toDiskStat(fstatSync(fd, { bigint: true }))),
    read: (position, length, into) =>
      attempt('read', path, () => readInto(into?.subarray(0, length) ?? ownBuffer(length), position)),
    close: () => attempt('read', path, () => closeSync(fd)),
  };
}
