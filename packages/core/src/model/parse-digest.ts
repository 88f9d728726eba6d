import { SyncError } from './error.js';
import type { Digest } from './path.js';
import { showText } from './show-text.js';

const digestShape = /^[0-9a-f]{64}$/u;

/** True for a SHA-256 in 64 lower-case hex digits. */
export function isDigest(input: string): input is Digest {
  return digestShape.test(input);
}

/** Brands a SHA-256 in 64 lower-case hex digits. Throws REQUEST_MALFORMED with details `{digest}`. */
export function parseDigest(input: unknown): Digest {
  if (typeof input === 'string' && digestShape.test(input)) return input as Digest;
  const digest = showText(input);
  throw new SyncError(
    'REQUEST_MALFORMED',
    `Refused the digest "${digest}": send the SHA-256 of the content as 64 lower-case hex digits.`,
    { details: { digest } },
  );
}
