import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Proves that a request to change something comes from a page that this server gave out. */
export interface PageToken {
  readonly value: string;
  accepts(token: unknown): boolean;
}

/**
 * One token for all processes of a host, since any of them may get the request: an HMAC keyed by the random index ID, which
 * other sites cannot read. A changed password makes a new token.
 */
export function createPageToken(indexId: string, password: string | false): PageToken {
  const value = createHmac('sha256', indexId)
    .update(`lockstep-monitor-token\n${String(password)}`)
    .digest('base64url');
  return {
    value,
    accepts: (token) => typeof token === 'string' && timingSafeEqual(digest(token), digest(value)),
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
