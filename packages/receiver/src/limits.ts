import { maxEntriesPerRequest } from '@lockstep/core';
import { invalidOption, refuseUnknown } from './invalid-option.js';

/** What one request, and one peer, may ask of this server. */
export interface ReceiverLimits {
  /** Entries in one manifest. Default: 1,000. */
  readonly maxEntries: number;
  /** Bytes of a manifest. Default: 4 MiB. */
  readonly maxManifestBytes: number;
  /** Bytes of a whole request. Default: the largest file and 64 MiB. */
  readonly maxRequestBytes: number;
  /** Requests of one peer that are worked on at a time. Default: 8. */
  readonly concurrentPerPeer: number;
  /** How long a client may leave a body unfinished without sending a byte, in ms. Default: 30 s. */
  readonly bodyIdleMs: number;
  /** How long `close` waits for requests in flight, in ms. Default: 5 s. */
  readonly closeGraceMs: number;
}

const mebibyte = 1024 * 1024;

/** Fills in the defaults. Throws OPTION_INVALID for an unknown limit, or one that is no whole number above 0. */
export function resolveLimits(given: Partial<ReceiverLimits>, maxFileBytes: number): ReceiverLimits {
  const defaults: ReceiverLimits = {
    maxEntries: maxEntriesPerRequest,
    maxManifestBytes: 4 * mebibyte,
    maxRequestBytes: maxFileBytes + 64 * mebibyte,
    concurrentPerPeer: 8,
    bodyIdleMs: 30_000,
    closeGraceMs: 5_000,
  };
  refuseUnknown(given, Object.keys(defaults), 'limits.');
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw invalidOption(`limits.${name}`, value, 'Give a whole number above 0');
    }
  }
  return Object.freeze({
    maxEntries: given.maxEntries ?? defaults.maxEntries,
    maxManifestBytes: given.maxManifestBytes ?? defaults.maxManifestBytes,
    maxRequestBytes: given.maxRequestBytes ?? defaults.maxRequestBytes,
    concurrentPerPeer: given.concurrentPerPeer ?? defaults.concurrentPerPeer,
    bodyIdleMs: given.bodyIdleMs ?? defaults.bodyIdleMs,
    closeGraceMs: given.closeGraceMs ?? defaults.closeGraceMs,
  });
}
