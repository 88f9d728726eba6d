import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replica } from '@lockstep/core';
import { resolveOptions, type SenderOptions } from './options.js';

const needed: SenderOptions = { replica: {} as Replica, secret: 's'.repeat(32), peers: '' };

describe('The options of a sender', () => {
  it('have defaults for everything but replica, secret and peers', () => {
    const { maxDelayMs, deleteWaitMs, flights, batchFiles, smallBytes, usePolling, maxBytesPerSecond } =
      resolveOptions(needed);
    assert.deepEqual(
      { maxDelayMs, deleteWaitMs, flights, batchFiles, smallBytes, usePolling, maxBytesPerSecond },
      {
        maxDelayMs: 500,
        deleteWaitMs: 300,
        flights: 4,
        batchFiles: 250,
        smallBytes: 262_144,
        usePolling: false,
        maxBytesPerSecond: false,
      },
    );
  });

  it('are frozen, and the caller’s object is left as it is', () => {
    const given = { ...needed, peers: 'http://b' };
    const resolved = resolveOptions(given);
    assert.ok(Object.isFrozen(resolved));
    assert.deepEqual(Object.keys(given), ['replica', 'secret', 'peers']);
  });

  it('that are unknown are refused with what was most likely meant', () => {
    const given = { ...needed, batchFile: 10 };
    assert.throws(() => resolveOptions(given), {
      code: 'OPTION_INVALID',
      message: /"batchFile".*"batchFiles"/u,
    });
    const far = { ...needed, colour: 'red' };
    assert.throws(() => resolveOptions(far), {
      code: 'OPTION_INVALID',
      message: /"colour".*Use one of: replica/u,
    });
  });

  const bad: readonly [Partial<SenderOptions>, RegExp][] = [
    [{ flights: 0 }, /flights = 0: give a whole number from 1 to 64/u],
    [{ batchFiles: 1.5 }, /batchFiles = 1\.5/u],
    [{ maxDelayMs: Number.NaN }, /maxDelayMs = NaN/u],
    [{ maxBytesPerSecond: 10 }, /maxBytesPerSecond = 10/u],
    [{ mountPath: 'sync' }, /mountPath = "sync"/u],
    [{ secret: 'short' }, /the secret/u],
    [{ peers: 'nonsense' }, /nonsense/u],
  ];
  for (const [given, message] of bad) {
    it(`are refused with the value and the remedy: ${JSON.stringify(given)}`, () => {
      assert.throws(() => resolveOptions({ ...needed, ...given }), { code: 'OPTION_INVALID', message });
    });
  }
});
