import { createHash } from 'node:crypto';
import { parseDigest } from '../model/parse-digest.js';
import type { Digest } from '../model/path.js';

/** SHA-256 of these bytes. */
export function sha256(bytes: string | Uint8Array): Digest {
  return parseDigest(createHash('sha256').update(bytes).digest('hex'));
}

/** SHA-256 of no bytes: what a request without a body signs. */
export const emptyDigest = sha256('');
