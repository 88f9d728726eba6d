import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LinkStatus } from '../status.js';
import { compressionWords, linkWords } from './link-words.js';

const link: LinkStatus = {
  ...{ bytesPerSecond: 1_240_000, roundTripMs: 48, maxBytesPerSecond: null },
  ...{ compressing: true, compressionReason: 'slow-link', bytesOnWire: 10, bytesSaved: 33_800_000 },
};
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('the link of a peer in words', () => {
  for (const [given, expected] of [
    [link, '1.2 MB/s, 48 ms'],
    [{ ...link, maxBytesPerSecond: 2_000_000 }, '1.2 MB/s, 48 ms, at most 2.0 MB/s'],
    [{ ...link, bytesPerSecond: null }, '48 ms'],
    [{ ...link, bytesPerSecond: null, roundTripMs: null }, 'Not measured yet'],
    [null, '–'],
  ] as const) {
    it(`is “${expected}”`, () => assert.equal(plain(linkWords(given)), expected));
  }

  for (const [given, expected] of [
    [link, 'On, saved 33.8 MB'],
    [{ ...link, bytesSaved: 0, compressing: false, compressionReason: 'fast-link' }, 'Off, the link is fast'],
    [
      { ...link, compressing: false, compressionReason: 'refused' },
      'Off for a while, the peer refused it, saved 33.8 MB',
    ],
    [{ ...link, bytesSaved: 0, compressing: false, compressionReason: 'something new' }, 'Off'],
    [null, '–'],
  ] as const) {
    it(`and its compression is “${expected}”`, () => assert.equal(plain(compressionWords(given)), expected));
  }
});
