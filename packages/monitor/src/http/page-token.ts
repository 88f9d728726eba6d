import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Proves that a request to change something comes from a page that this server gave out. */
export interface PageToken {
  readonly value: string;
  accepts(token: unknown): boolean;
}

/**
 * One token for all processes of a host, since any of them may get the request: an HMAC keyed by the random index ID, which
 * other sites cannot read. A changed password makes a new token, and so does an index that was begun anew, in every process at once.
 *
 * @param indexId of the index as it is now; may throw while a damaged one has no successor, the last one holds then
 */
export function createPageToken(indexId: () => string, password: string | false): PageToken {
  let known = indexId();
  const value = (): string => {
    known = lastOr(indexId, known);
    return createHmac('sha256', known)
      .update(`lockstep-monitor-token\n${String(password)}`)
      .digest('base64url');
  };
  return {
    get value() {
      return value();
    },
    accepts: (token) => typeof token === 'string' && timingSafeEqual(digest(token), digest(value())),
  };
}

function lastOr(ask: () => string, last: string): string {
  try {
    return ask();
  } catch {
    return last;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
