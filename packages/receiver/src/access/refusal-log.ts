import type { Clock, Log, SyncError } from '@lockstep/core';

/** Logs requests that prove no identity: at most one line per address in ten seconds, so that a scanner cannot flood the log. */
export interface RefusalLog {
  refused(address: string, error: SyncError): void;
}

const quietMs = 10_000;
const maxAddresses = 1000;

export function createRefusalLog(log: Log, clock: Clock): RefusalLog {
  const addresses = new Map<string, { loggedMs: number; unlogged: number }>();

  return {
    refused(address, error) {
      const nowMs = clock.now();
      const known = addresses.get(address);
      if (known && nowMs - known.loggedMs < quietMs) {
        known.unlogged += 1;
        return;
      }
      const requests = (known?.unlogged ?? 0) + 1;
      addresses.delete(address);
      addresses.set(address, { loggedMs: nowMs, unlogged: 0 });
      const [oldest] = addresses.keys();
      if (addresses.size > maxAddresses && oldest !== undefined) addresses.delete(oldest);
      log.warn('Refused requests that did not prove who sent them', {
        ...error.details,
        address,
        requests,
        code: error.code,
        reason: error.message,
      });
    },
  };
}
