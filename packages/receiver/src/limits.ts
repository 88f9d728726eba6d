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
  /** Requests of all peers together that are worked on at a time. Default: 64. */
  readonly concurrentInAll: number;
  /** Bytes of the uploads of one peer that are taken in at a time, hence staged. Default: four of the largest requests. */
  readonly uploadBytesPerPeer: number;
  /** Bytes of all uploads that are taken in at a time. Default: eight of the largest requests. */
  readonly uploadBytesInAll: number;
  /** How long a client may leave a body unfinished without sending a byte, in ms. Default: 30 s. */
  readonly bodyIdleMs: number;
  /** How slowly a body may come, measured over `bodyIdleMs`, in bytes per second. Default: 256. */
  readonly minBytesPerSecond: number;
  /** How long `close` waits for requests in flight, in ms. Default: 5 s. */
  readonly closeGraceMs: number;
}

const mebibyte = 1024 * 1024;

/** Fills in the defaults. Throws OPTION_INVALID for an unknown limit, or one that is no whole number above 0. */
export function resolveLimits(given: Partial<ReceiverLimits>, maxFileBytes: number): ReceiverLimits {
  const maxRequestBytes = given.maxRequestBytes ?? maxFileBytes + 64 * mebibyte;
  const defaults: ReceiverLimits = {
    maxEntries: maxEntriesPerRequest,
    maxManifestBytes: 4 * mebibyte,
    maxRequestBytes,
    concurrentPerPeer: 8,
    concurrentInAll: 64,
    uploadBytesPerPeer: 4 * maxRequestBytes,
    uploadBytesInAll: 8 * maxRequestBytes,
    bodyIdleMs: 30_000,
    minBytesPerSecond: 256,
    closeGraceMs: 5_000,
  };
  refuseUnknown(given, Object.keys(defaults), 'limits.');
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw invalidOption(`limits.${name}`, value, 'Give a whole number above 0');
    }
  }
  const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined;
  return Object.freeze({ ...defaults, ...Object.fromEntries(Object.entries(given).filter(isGiven)) });
}
