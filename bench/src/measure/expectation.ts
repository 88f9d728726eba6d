import { closeSync, lstatSync, openSync, readSync } from 'node:fs';

/** Something that is to become true of a file of a peer. Cheap to ask: it is polled. */
export interface Expectation {
  readonly file: string;
  holds(): boolean;
}

/** The file is there with this size. */
export function hasSize(file: string, size: number): Expectation {
  return { file, holds: () => sizeOf(file) === size };
}

/** The file does not exist. */
export function isGone(file: string): Expectation {
  return { file, holds: () => sizeOf(file) === null };
}

/** The file has this size, and these bytes at this offset. */
export function hasBytes(file: string, size: number, offset: number, bytes: Uint8Array): Expectation {
  const found = Buffer.alloc(bytes.length);
  return {
    file,
    holds: () => sizeOf(file) === size && readAt(file, offset, found) && found.equals(bytes),
  };
}

function sizeOf(file: string): number | null {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? null;
}

/** False when the file vanished between two looks. */
function readAt(file: string, offset: number, into: Buffer): boolean {
  try {
    const fd = openSync(file, 'r');
    try {
      return readSync(fd, into, 0, into.length, offset) === into.length;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
