import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { parseDigest } from '../model/parse-digest.js';
import type { Digest } from '../model/path.js';

/** A digest in the making. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Digest;
}

/** SHA-256 of bytes that are all here. */
export function hashBytes(bytes: Uint8Array): Digest {
  return parseDigest(hash('sha256', bytes, 'hex'));
}

/** SHA-256 of bytes that come in parts. */
export function createHasher(): Hasher {
  const sha256 = createHash('sha256');
  return {
    update: (bytes) => void sha256.update(bytes),
    digest: () => parseDigest(sha256.digest('hex')),
  };
}

/**
 * The digest of a chunk: see `Chunk`. A checksum will do, since what it finds is proved by the SHA-256 of the whole: the CRC-32 of all
 * bytes and 16 bits of that of the first half. Measured for 99 MiB: 33 ms, SHA-256 82 ms.
 */
export function chunkDigest(bytes: Uint8Array): string {
  const half = bytes.length >>> 1;
  const first = crc32(bytes.subarray(0, half));
  const whole = crc32(bytes.subarray(half), first);
  return whole.toString(16).padStart(8, '0') + (first & 0xffff).toString(16).padStart(4, '0');
}
