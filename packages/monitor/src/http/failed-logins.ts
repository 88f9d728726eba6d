import type { Clock } from '@lockstep/core';
import { isIPv6 } from 'node:net';

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

/** Ten failures per minute and address, of an IPv6 network as of one address; bounded memory. */
export function createFailedLogins(clock: Clock): FailedLogins {
  const failures = new Map<string, number[]>();

  return {
    waitMs(client) {
      const recent = recentOf(networkOf(client));
      const oldest = recent[recent.length - allowed];
      return oldest === undefined ? 0 : oldest + windowMs - clock.now();
    },
    failed(client) {
      const address = networkOf(client);
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

/** One customer has a whole /64 of IPv6, and so more addresses than could ever be counted. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head.split(':').filter((group) => group !== '');
  const right = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
