import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSyncError } from '@lockstep/core';
import { resolveConfiguration } from './resolve-configuration.js';

const machine = { hostName: 'web-1', workingDirectory: '/srv/app' };
const LOCKSTEP_PEERS = 'web-1=http://10.0.0.1,web-2=http://10.0.0.2,web-3=http://10.0.0.3,http://10.0.0.4';

const resolveFrom = (env: NodeJS.ProcessEnv = {}, options: Record<string, unknown> = {}) =>
  resolveConfiguration({ LOCKSTEP_PEERS, ...env }, options, machine);

function messageOf(env: NodeJS.ProcessEnv, options: Record<string, unknown> = {}): string {
  try {
    resolveFrom(env, options);
  } catch (error) {
    assert.ok(isSyncError(error, 'OPTION_INVALID'), String(error));
    return error.message;
  }
  return assert.fail('it was accepted');
}

describe('the limit of bytes per second', () => {
  const accepted: readonly [unknown, unknown][] = [
    ['1000000', { '*': 1_000_000 }],
    [' web-2 = 250000 , 1000000 ', { 'web-2': 250_000, '*': 1_000_000 }],
    ['web-1=20000,web-3=30000', { 'web-1': 20_000, 'web-3': 30_000 }],
    [1_000_000, { '*': 1_000_000 }],
    [false, { '*': false }],
    [
      { 'web-2': 20_000, '*': false },
      { 'web-2': 20_000, '*': false },
    ],
  ];
  for (const [given, expected] of accepted) {
    test(`may be ${JSON.stringify(given)}`, () => {
      assert.deepEqual(resolveFrom({}, { maxBytesPerSecond: given }).maxBytesPerSecond, expected);
    });
  }

  test('comes from its variable, and the option overrides it', () => {
    const env = { LOCKSTEP_MAX_BYTES_PER_SECOND: 'web-2=50000' };
    assert.deepEqual(resolveFrom(env).maxBytesPerSecond, { 'web-2': 50_000 });
    assert.deepEqual(resolveFrom(env, { maxBytesPerSecond: false }).maxBytesPerSecond, { '*': false });
  });

  const refused: readonly [string, RegExp][] = [
    [
      '1MB',
      /LOCKSTEP_MAX_BYTES_PER_SECOND="1MB": the limit of every other peer is no whole number from 16384\. Give whole bytes/u,
    ],
    ['-5', /whole number/u],
    ['100', /whole number from 16384/u],
    ['web-2=', /the limit of web-2 is no whole number/u],
    ['web-9=50000', /no peer is called "web-9"\. Give that peer its name in LOCKSTEP_PEERS \(web-9=/u],
    ['we b=50000', /"we b" is no name of a peer/u],
    ['50000,60000', /limits every other peer twice/u],
    ['web-2=50000,web-2=60000', /limits web-2 twice/u],
    [',', /is empty/u],
  ];
  for (const [value, message] of refused) {
    test(`is refused with the variable, its value and what to do: ${value}`, () => {
      const told = messageOf({ LOCKSTEP_MAX_BYTES_PER_SECOND: value });
      assert.match(told, message);
      assert.match(told, /Give /u);
      assert.match(told, /^LOCKSTEP_MAX_BYTES_PER_SECOND=/u);
    });
  }

  test('is refused as an option of another kind', () => {
    for (const maxBytesPerSecond of [true, [1_000_000], { 'web-2': '1MB' }, { 'web-2': null }])
      assert.match(messageOf({}, { maxBytesPerSecond }), /^the option "maxBytesPerSecond"/u);
  });
});

describe('the limits of requests', () => {
  test('come from their variables and options', () => {
    const env = { LOCKSTEP_MAX_REQUESTS_PER_PEER: '2', LOCKSTEP_MAX_REQUESTS_IN_ALL: ' 6 ' };
    const { maxRequestsPerPeer, maxRequestsInAll } = resolveFrom(env, { maxRequestsPerPeer: 3 });
    assert.deepEqual([maxRequestsPerPeer, maxRequestsInAll], [3, 6]);
  });

  const refused: readonly [NodeJS.ProcessEnv, RegExp][] = [
    [
      { LOCKSTEP_MAX_REQUESTS_PER_PEER: '0' },
      /LOCKSTEP_MAX_REQUESTS_PER_PEER="0": is no whole number from 1 to 64\. Give one\./u,
    ],
    [{ LOCKSTEP_MAX_REQUESTS_PER_PEER: '65' }, /from 1 to 64/u],
    [{ LOCKSTEP_MAX_REQUESTS_PER_PEER: 'four' }, /"four"/u],
    [
      { LOCKSTEP_MAX_REQUESTS_IN_ALL: '2' },
      /="2": is no whole number from 3 to 4096\. Give one, at least one for each peer\./u,
    ],
    [{ LOCKSTEP_MAX_REQUESTS_IN_ALL: '1.5' }, /LOCKSTEP_MAX_REQUESTS_IN_ALL="1\.5"/u],
  ];
  for (const [env, message] of refused) {
    test(`are refused with the variable, its value and what to do: ${JSON.stringify(env)}`, () => {
      assert.match(messageOf(env), message);
    });
  }
});

test('compression is switched by true and false only', () => {
  assert.equal(resolveFrom({}, { compression: false }).compression, false);
  assert.match(
    messageOf({}, { compression: 'gzip' }),
    /the option "compression"="gzip": is neither true nor false/u,
  );
});
