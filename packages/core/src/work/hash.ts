import { createHash, hash } from 'node:crypto';
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
