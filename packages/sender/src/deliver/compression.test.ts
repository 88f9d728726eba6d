import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { isWorthCompressing } from './compression-rule.js';
import { createCompression } from './compression.js';

const megabyte = 1e6;
const ordinary = {
  bytes: megabyte,
  ratio: 0.25,
  linkBytesPerSecond: megabyte,
  workBytesPerSecond: 100 * megabyte,
};

const cases: readonly [string, Partial<typeof ordinary>, boolean][] = [
  ['text over a line of 1 MB/s', {}, true],
  ['text over a line of 5 MB/s', { linkBytesPerSecond: 5 * megabyte }, true],
  ['text in a network of 100 MB/s', { linkBytesPerSecond: 100 * megabyte }, false],
  ['text in a network of 15 MB/s', { linkBytesPerSecond: 15 * megabyte }, false],
  [
    'text over a line of 5 MB/s by a processor with other work',
    { linkBytesPerSecond: 5 * megabyte, workBytesPerSecond: 20 * megabyte },
    false,
  ],
  ['a picture over a line of 10 kB/s', { ratio: 0.98, linkBytesPerSecond: 10_000 }, false],
  ['zeros over a line of 10 kB/s', { ratio: 0.001, linkBytesPerSecond: 10_000 }, false],
  ['a short text over a line of 1 MB/s', { bytes: 2_000 }, false],
  ['a short text over a line of 10 kB/s', { bytes: 2_000, linkBytesPerSecond: 10_000 }, true],
];

describe('Compressing is worth it', () => {
  for (const [what, given, expected] of cases) {
    it(`${expected ? 'for' : 'not for'} ${what}`, () => {
      assert.equal(isWorthCompressing({ ...ordinary, ...given }), expected);
    });
  }
});

describe('Compression', () => {
  const meet = (enabled = true) => {
    const clock = createFakeClock();
    const link: { rate: number | null } = { rate: null };
    const compression = createCompression({ enabled, clock, linkBytesPerSecond: () => link.rate });
    return { clock, link, compression };
  };

  it('says why it is off, and why it is on', async () => {
    const { clock, link, compression } = meet();
    const reasons: string[] = [];
    const note = (): void => void reasons.push(compression.reason);
    note();
    compression.allow(['gzip']);
    note();
    link.rate = 100 * megabyte;
    note();
    link.rate = 100_000;
    note();
    assert.equal(await compression.pays(Buffer.alloc(64 * 1024), megabyte), false);
    note();
    compression.refused();
    note();
    clock.advance(600_000);
    assert.equal(compression.mayPay(megabyte), true);
    compression.allow(undefined);
    note();
    assert.equal(compression.mayPay(megabyte), false);
    assert.deepEqual(reasons, ['peer', 'unmeasured', 'fast-link', 'slow-link', 'content', 'refused', 'peer']);
  });

  it('is off when an option says so, whatever the peer takes', () => {
    const { link, compression } = meet(false);
    compression.allow(['gzip']);
    link.rate = 1000;
    assert.deepEqual([compression.reason, compression.mayPay(megabyte)], ['off', false]);
  });
});
