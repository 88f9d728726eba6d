import { hash } from 'node:crypto';
import type { FileKey } from '../model/path.js';

/** What of a live row two servers compare. */
export interface LiveFacts extends FileKey {
  /** As `formatVersion` gives it. */
  readonly version: string;
  readonly digest: string;
  readonly mode: number;
  readonly mtimeMs: number;
}

/**
 * 128 bits that stand for one live row. The live digest of an index is the XOR of its rows' marks (0 when there is none), so that
 * a row enters and leaves it in constant time and order does not matter. It finds accidents, not forgery: whoever could forge it
 * has the secret, and could write the files themselves.
 */
export function liveMark(row: LiveFacts): bigint {
  const text = JSON.stringify([row.folder, row.path, row.version, row.digest, row.mode, row.mtimeMs]);
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 32)}`);
}

/** A live digest as 32 hex digits. */
export function formatLiveDigest(live: bigint): string {
  return live.toString(16).padStart(32, '0');
}
