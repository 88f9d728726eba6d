import type { Clock, Log, SyncError } from '@lockstep/core';

/**
 * Logs requests that prove no identity: at most one line per address in ten seconds, and twenty lines of all addresses, so that neither
 * a scanner nor many of them can flood the log.
 */
export interface RefusalLog {
  refused(address: string, error: SyncError): void;
}

const quietMs = 10_000;
const maxAddresses = 1000;
const maxLines = 20;

export function createRefusalLog(log: Log, clock: Clock): RefusalLog {
  const addresses = new Map<string, { loggedMs: number; unlogged: number }>();
  const window = { startMs: -Infinity, lines: 0, unlogged: 0 };

  /** True when one more line fits into these ten seconds. */
  const mayLog = (nowMs: number): boolean => {
    if (Math.abs(nowMs - window.startMs) >= quietMs) {
      if (window.unlogged > 0) {
        log.warn('Refused requests of more addresses than are logged one by one', {
          requests: window.unlogged,
        });
      }
      Object.assign(window, { startMs: nowMs, lines: 0, unlogged: 0 });
    }
    window.lines += 1;
    if (window.lines > maxLines) window.unlogged += 1;
    return window.lines <= maxLines;
  };

  return {
    refused(address, error) {
      const nowMs = clock.now();
      const known = addresses.get(address);
      if (known && Math.abs(nowMs - known.loggedMs) < quietMs) {
        known.unlogged += 1;
        return;
      }
      if (!mayLog(nowMs)) return;
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
