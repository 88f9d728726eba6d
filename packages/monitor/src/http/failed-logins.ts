import type { Clock } from '@lockstep/core';

/** Counts failed logins per address, so that passwords cannot be guessed by the thousand. */
export interface FailedLogins {
  /** How long this address has to wait, in ms; 0 when it may try. */
  waitMs(address: string): number;
  failed(address: string): void;
}

/** Failures within the window after which an address waits, and the window in ms. */
const allowed = 10;
const windowMs = 60_000;
/** Addresses remembered; the longest known leaves first. */
const maxAddresses = 10_000;

/** Ten failures per minute and address; bounded memory. */
export function createFailedLogins(clock: Clock): FailedLogins {
  const failures = new Map<string, number[]>();

  return {
    waitMs(address) {
      const recent = recentOf(address);
      const oldest = recent[recent.length - allowed];
      return oldest === undefined ? 0 : oldest + windowMs - clock.now();
    },
    failed(address) {
      const recent = recentOf(address);
      failures.delete(address);
      failures.set(address, [...recent, clock.now()].slice(-allowed));
      const [longestKnown] = failures.keys();
      if (failures.size > maxAddresses && longestKnown !== undefined) failures.delete(longestKnown);
    },
  };

  function recentOf(address: string): number[] {
    const sinceMs = clock.now() - windowMs;
    return (failures.get(address) ?? []).filter((atMs) => atMs > sinceMs);
  }
}
