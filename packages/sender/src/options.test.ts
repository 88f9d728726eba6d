import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replica } from '@lockstep/core';
import { resolveOptions, type RateOption, type SenderOptions } from './options.js';

const needed: SenderOptions = { replica: {} as Replica, secret: 's'.repeat(32), peers: '' };

describe('The options of a sender', () => {
  it('have defaults for everything but replica, secret and peers', () => {
    const {
      maxDelayMs,
      deleteWaitMs,
      flights,
      batchFiles,
      smallBytes,
      usePolling,
      flightsInAll,
      compression,
    } = resolveOptions(needed);
    assert.deepEqual(
      { maxDelayMs, deleteWaitMs, flights, batchFiles, smallBytes, usePolling, flightsInAll, compression },
      {
        maxDelayMs: 500,
        deleteWaitMs: 300,
        flights: 4,
        batchFiles: 250,
        smallBytes: 262_144,
        usePolling: false,
        flightsInAll: 64,
        compression: true,
      },
    );
    assert.equal(resolveOptions(needed).rateOf('web-2'), false);
  });

  it('are frozen, and the caller’s object is left as it is', () => {
    const given = { ...needed, peers: 'http://b' };
    const resolved = resolveOptions(given);
    assert.ok(Object.isFrozen(resolved));
    assert.deepEqual(Object.keys(given), ['replica', 'secret', 'peers']);
  });

  it('limit the rate to all peers alike, or to each by its name', () => {
    const rates = (maxBytesPerSecond: RateOption): unknown[] => {
      const { rateOf } = resolveOptions({ ...needed, maxBytesPerSecond });
      return ['web-2', 'web-3', null].map(rateOf);
    };
    assert.deepEqual(rates(50_000), [50_000, 50_000, 50_000]);
    assert.deepEqual(rates({ 'web-2': 20_000 }), [20_000, false, false]);
    assert.deepEqual(rates({ 'web-2': false, '*': 90_000 }), [false, 90_000, 90_000]);
  });

  it('allow a request for each peer at least, however many there are', () => {
    const peers = Array.from({ length: 70 }, (_, at) => `http://10.0.0.${at}`).join();
    assert.equal(resolveOptions({ ...needed, peers }).flightsInAll, 70);
    assert.throws(() => resolveOptions({ ...needed, peers, flightsInAll: 69 }), {
      code: 'OPTION_INVALID',
      message: /flightsInAll = 69: give 70 or more/u,
    });
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
    [{ maxBytesPerSecond: 16_383 }, /maxBytesPerSecond = 16383: give 16384 or more/u],
    [{ maxBytesPerSecond: { 'web-2': 0 } }, /maxBytesPerSecond\.web-2 = 0/u],
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
