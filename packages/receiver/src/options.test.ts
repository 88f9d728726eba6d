import { isSyncError, silentLog, type Replica, type SyncError } from '@lockstep/core';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowLongUploads } from './allow-long-uploads.js';
import { resolveOptions, type ReceiverOptions } from './options.js';

const replica = { node: 'web-2', folders: ['static'], maxFileBytes: 1000 } as unknown as Replica;
const secret = '0123456789abcdef0123456789abcdef';
const refusal = (options: object): SyncError => {
  try {
    resolveOptions(options as ReceiverOptions);
  } catch (error) {
    assert.ok(isSyncError(error, 'OPTION_INVALID'), String(error));
    return error;
  }
  assert.fail('nothing was refused');
};

describe('the options of createReceiver', () => {
  it('have defaults for all but replica and secret, and leave the object of the caller untouched', () => {
    const given = Object.freeze({ replica, secret });
    const resolved = resolveOptions(given);
    assert.deepEqual(resolved.secrets, [secret]);
    assert.deepEqual(resolved.limits, {
      ...{ maxEntries: 1000, maxManifestBytes: 4 * 1024 * 1024, maxRequestBytes: 1000 + 64 * 1024 * 1024 },
      ...{ concurrentPerPeer: 8, concurrentInAll: 64 },
      uploadBytesPerPeer: 4 * (1000 + 64 * 1024 * 1024),
      uploadBytesInAll: 8 * (1000 + 64 * 1024 * 1024),
      ...{ bodyIdleMs: 30_000, minBytesPerSecond: 256, closeGraceMs: 5000 },
    });
    assert.equal(resolved.uploadToken, false);
    assert.equal(resolved.log, silentLog);
    assert.match(resolved.release, /^\d+\.\d+\.\d+/u);
    assert.equal(resolved.ready(), true);
    assert.ok(Object.isFrozen(resolved));
  });

  const refused: [string, object, RegExp][] = [
    ['an unknown option', { uploadTokn: 'x' }, /"uploadTokn"\. Did you mean uploadToken\?/u],
    ['an option that resembles none', { zzzzzzzzz: 1 }, /Known are: replica, secret/u],
    [
      'an unknown limit',
      { limits: { maxEntry: 1 } },
      /"limits\.maxEntry"\. Did you mean limits\.maxEntries\?/u,
    ],
    ['a limit of zero', { limits: { maxEntries: 0 } }, /limits\.maxEntries = "0"/u],
    ['a limit that is no number', { limits: { bodyIdleMs: '5s' } }, /limits\.bodyIdleMs = "5s"/u],
    ['no replica', { replica: undefined }, /replica/u],
    ['a short secret', { secret: 'short' }, /it has 5 characters/u],
    ['a short secret of a peer', { peerSecrets: { 'web-1': 'short' } }, /"web-1": .* it has 5 characters/u],
    ['a secret of a peer that cannot be', { peerSecrets: { 'web 1': secret } }, /"web 1"/u],
    ['a short token', { uploadToken: 'short-token' }, /uploadToken = "\(hidden\)"/u],
    [
      'rights for an unknown folder',
      { rights: { 'web-1': { statik: ['read'] } } },
      /Did you mean rights\.web-1\.static\?/u,
    ],
    ['an unknown right', { rights: { 'web-1': { static: ['reed'] } } }, /"reed"/u],
  ];
  for (const [what, change, message] of refused) {
    it(`refuse ${what}, saying what to do`, () => {
      assert.match(refusal({ replica, secret, ...change }).message, message);
    });
  }

  it('never quote a secret or a token', () => {
    for (const change of [{ secret: 'hunter2-hunter2' }, { uploadToken: 'hunter2' }]) {
      assert.doesNotMatch(JSON.stringify(refusal({ replica, secret, ...change })), /hunter2/u);
    }
  });
});

describe('allowLongUploads', () => {
  it('lifts the time limit that Node puts on a whole request', () => {
    const server = { requestTimeout: 300_000 };
    allowLongUploads(server);
    assert.equal(server.requestTimeout, 0);
  });
});
