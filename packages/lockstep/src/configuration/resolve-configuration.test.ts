import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSyncError, silentLog } from '@lockstep/core';
import type { LockstepOptions } from '../options.js';
import { resolveConfiguration } from './resolve-configuration.js';

const machine = { hostName: 'web-1', workingDirectory: '/srv/app' };
const secret = '0123456789abcdef0123456789abcdef';
const otherSecret = 'fedcba9876543210fedcba9876543210';

const resolveFrom = (env: NodeJS.ProcessEnv = {}, options: LockstepOptions = {}) =>
  resolveConfiguration(env, options, machine);

/** What a caller without types could pass. */
const untyped = (options: Record<string, unknown>): LockstepOptions => options;

function messageOf(env: NodeJS.ProcessEnv, options: LockstepOptions = {}): string {
  try {
    resolveFrom(env, options);
  } catch (error) {
    assert.ok(isSyncError(error, 'OPTION_INVALID'), String(error));
    return error.message;
  }
  return assert.fail('it was accepted');
}

describe('with nothing set', () => {
  test('takes the host name, the working directory and the three folders', () => {
    const { log: _log, ...configuration } = resolveFrom();
    assert.deepEqual(configuration, {
      name: 'web-1',
      root: '/srv/app',
      stateDir: '/srv/app/.lockstep',
      folders: ['instance', 'templates', 'static'],
      mountPath: '/sync',
      monitorPath: '/sync-monitor',
      peers: [],
      secret: null,
      peerSecrets: {},
      uploadToken: false,
      monitorPassword: false,
      logLevel: 'info',
      maxFileBytes: 104_857_600,
      maxBytesPerSecond: {},
      maxRequestsPerPeer: 4,
      maxRequestsInAll: null,
      compression: true,
      ignore: [],
      durability: 'fsync',
      production: false,
      rights: null,
      limits: {},
      httpsAgent: null,
      usePolling: false,
      shared: false,
      modeMask: 0o777,
    });
  });

  test('treats an empty variable as one that is not set', () => {
    assert.equal(resolveFrom({ LOCKSTEP_NAME: '', LOCKSTEP_PEERS: '  ' }).name, 'web-1');
  });

  test('is in production when NODE_ENV says so', () => {
    assert.equal(resolveFrom({ NODE_ENV: 'production', LOCKSTEP_SECRET: secret }).production, true);
    assert.equal(resolveFrom({ NODE_ENV: 'production' }, { production: false }).production, false);
    assert.equal(resolveFrom({ NODE_ENV: 'development' }).production, false);
  });
});

describe('variables and options', () => {
  test('reads every variable', () => {
    const configuration = resolveFrom({
      LOCKSTEP_NAME: 'alpha',
      LOCKSTEP_ROOT: 'site',
      LOCKSTEP_STATE_DIR: '/var/lib/lockstep',
      LOCKSTEP_PEERS: 'bravo=http://10.0.0.2',
      LOCKSTEP_SECRET: `${secret}, ${otherSecret}`,
      LOCKSTEP_PEER_SECRETS: `bravo=${secret},bravo = ${otherSecret}`,
      LOCKSTEP_UPLOAD_TOKEN: 'token-0123456789',
      LOCKSTEP_MONITOR_PASSWORD: 'open sesame',
      LOCKSTEP_LOG_LEVEL: 'debug',
      LOCKSTEP_FOLDERS: 'uploads, pages',
      LOCKSTEP_MAX_FILE_MB: '0.5',
      UNRELATED: 'x',
    });
    assert.equal(configuration.name, 'alpha');
    assert.equal(configuration.root, '/srv/app/site');
    assert.equal(configuration.stateDir, '/var/lib/lockstep');
    assert.deepEqual(configuration.peers, [{ name: 'bravo', url: 'http://10.0.0.2/sync' }]);
    assert.deepEqual(configuration.secret, [secret, otherSecret]);
    assert.deepEqual(configuration.peerSecrets, { bravo: [secret, otherSecret] });
    assert.equal(configuration.uploadToken, 'token-0123456789');
    assert.equal(configuration.monitorPassword, 'open sesame');
    assert.equal(configuration.logLevel, 'debug');
    assert.deepEqual(configuration.folders, ['uploads', 'pages']);
    assert.equal(configuration.maxFileBytes, 524_288);
  });

  test('prefers the option to the variable, and the variable to an undefined option', () => {
    const env = { LOCKSTEP_NAME: 'from-variable', LOCKSTEP_MAX_FILE_MB: '7' };
    assert.equal(resolveFrom(env, { name: 'from-option' }).name, 'from-option');
    assert.equal(resolveFrom(env, { name: undefined }).name, 'from-variable');
    assert.equal(resolveFrom(env, { maxFileMb: 3 }).maxFileBytes, 3 * 1024 * 1024);
  });

  test('leaves the given objects as they were and freezes what it gives', () => {
    const options = Object.freeze({ folders: Object.freeze(['instance']), peers: Object.freeze([]) });
    const configuration = resolveFrom(Object.freeze({}), options);
    assert.ok(Object.isFrozen(configuration) && Object.isFrozen(configuration.folders));
  });

  test('takes every option that has no variable', () => {
    const configuration = resolveFrom(
      {},
      {
        mountPath: '/internal/sync',
        monitorPath: '/internal/monitor',
        ignore: ['*.psd'],
        durability: 'os',
        log: silentLog,
        usePolling: true,
        shared: true,
        modeMask: 0o755,
        limits: { maxEntries: 5 },
        peerSecrets: { 'web-2': secret, 'web-3': [otherSecret, secret] },
        rights: { 'web-2': { instance: ['read'] } },
        peers: [{ url: 'https://10.0.0.2' }],
      },
    );
    assert.equal(configuration.peers[0]?.url, 'https://10.0.0.2/internal/sync');
    assert.equal(configuration.monitorPath, '/internal/monitor');
    assert.deepEqual(configuration.ignore, ['*.psd']);
    assert.equal(configuration.durability, 'os');
    assert.equal(configuration.log, silentLog);
    assert.equal(configuration.usePolling, true);
    assert.equal(configuration.shared, true);
    assert.equal(configuration.modeMask, 0o755);
    assert.deepEqual(configuration.limits, { maxEntries: 5 });
    assert.deepEqual(configuration.peerSecrets, { 'web-2': [secret], 'web-3': [otherSecret, secret] });
    assert.deepEqual(configuration.rights, { 'web-2': { instance: ['read'] } });
  });
});

test('is shared with other processes in a cluster and under PM2, unless an option says otherwise', () => {
  const machine = { hostName: 'web-1', workingDirectory: '/srv/app' };
  assert.equal(resolveConfiguration({}, {}, { ...machine, isClusterWorker: true }).shared, true);
  assert.equal(resolveConfiguration({ NODE_APP_INSTANCE: '0' }, {}, machine).shared, true);
  assert.equal(resolveConfiguration({ pm_id: '3' }, {}, machine).shared, true);
  assert.equal(resolveConfiguration({ pm_id: '3' }, { shared: false }, machine).shared, false);
});

test('never quotes a secret of a peer that it refuses', () => {
  const bad = 'this-is-no-good-secret';
  for (const text of [bad, `web-2=${bad}`, `web 2=${secret}`]) {
    const message = messageOf({ LOCKSTEP_PEER_SECRETS: text });
    assert.match(message, /^LOCKSTEP_PEER_SECRETS/u);
    assert.ok(!message.includes(bad) && !message.includes(secret), message);
  }
  assert.match(messageOf({}, { peerSecrets: [] as never }), /no table/u);
});

describe('peers', () => {
  const peersOf = (text: string) => resolveFrom({ LOCKSTEP_PEERS: text }).peers;

  test('may have a name, a path, a port, white space and a comma at the end', () => {
    assert.deepEqual(peersOf(' web-2 = https://10.0.0.2:8443/app/sync/ ,\n https://web-3.internal , '), [
      { name: 'web-2', url: 'https://10.0.0.2:8443/app/sync' },
      { url: 'https://web-3.internal/sync' },
    ]);
  });

  test('may name this server too, so that every server can have the same list', () => {
    assert.deepEqual(peersOf('web-1=https://10.0.0.1,web-2=https://10.0.0.2'), [
      { name: 'web-2', url: 'https://10.0.0.2/sync' },
    ]);
  });

  test('may have an IPv6 address', () => {
    assert.deepEqual(peersOf('web-2=http://[fd00::2]:3000'), [
      { name: 'web-2', url: 'http://[fd00::2]:3000/sync' },
    ]);
  });
});

describe('refuses, naming the variable, quoting the value and saying what to do:', () => {
  const refusals: readonly [title: string, env: NodeJS.ProcessEnv, ...expected: RegExp[]][] = [
    [
      'an unknown variable',
      { LOCKSTEP_PEER: 'x' },
      /variable LOCKSTEP_PEER is unknown/,
      /Did you mean LOCKSTEP_PEERS\?/,
    ],
    ['a variable in small letters', { lockstep_secret: 'x' }, /Did you mean LOCKSTEP_SECRET\?/],
    [
      'a variable like no other',
      { LOCKSTEP_ZZZZZZZZZZZZZZZZ: '1' },
      /Known are: LOCKSTEP_NAME, LOCKSTEP_ROOT/,
    ],
    ['a name with a slash', { LOCKSTEP_NAME: 'a/b' }, /LOCKSTEP_NAME="a\/b"/, /Use 1–64/],
    ['a name that is too long', { LOCKSTEP_NAME: 'a'.repeat(65) }, /cannot be a name/],
    [
      'a peer without a scheme',
      { LOCKSTEP_PEERS: '10.0.0.2:3000' },
      /"10\.0\.0\.2:3000"/,
      /Did you mean https:\/\/10\.0\.0\.2:3000\?/,
    ],
    [
      'a peer of another scheme',
      { LOCKSTEP_PEERS: 'a=ftp://10.0.0.2' },
      /"ftp:\/\/10\.0\.0\.2" is not an http or https URL/,
    ],
    ['a peer that is no address', { LOCKSTEP_PEERS: 'a=http://' }, /"http:\/\/" is not/],
    ['a peer name that is none', { LOCKSTEP_PEERS: 'a b=http://10.0.0.2' }, /the peer name "a b"/],
    ['a peer without a name before =', { LOCKSTEP_PEERS: '=http://10.0.0.2' }, /the peer name ""/],
    ['a peer with a query', { LOCKSTEP_PEERS: 'http://10.0.0.2/sync?x=1' }, /has a query/],
    [
      'a peer name twice',
      { LOCKSTEP_PEERS: 'a=http://10.0.0.2,a=http://10.0.0.3' },
      /names the name a twice/,
    ],
    [
      'a peer address twice',
      { LOCKSTEP_PEERS: 'a=http://10.0.0.2,b=http://10.0.0.2/sync' },
      /names http:\/\/10\.0\.0\.2\/sync twice/,
    ],
    ['a folder with a slash', { LOCKSTEP_FOLDERS: 'a/b' }, /"a\/b" contains a slash/, /plain folder names/],
    ['a folder upwards', { LOCKSTEP_FOLDERS: '..' }, /".." begins with a dot/],
    ['a hidden folder', { LOCKSTEP_FOLDERS: '.lockstep' }, /begins with a dot/],
    [
      'a folder that Windows cannot hold',
      { LOCKSTEP_FOLDERS: 'con' },
      /"con" is not a name that every platform can hold/,
    ],
    ['a folder twice', { LOCKSTEP_FOLDERS: 'a,A' }, /names the folder "A" twice/],
    ['no folder at all', { LOCKSTEP_FOLDERS: ',' }, /names no folder/],
    [
      'a log level that is none',
      { LOCKSTEP_LOG_LEVEL: 'verbose' },
      /LOCKSTEP_LOG_LEVEL="verbose"/,
      /debug, info, warn, error, silent/,
    ],
    [
      'a file size in words',
      { LOCKSTEP_MAX_FILE_MB: 'many' },
      /LOCKSTEP_MAX_FILE_MB="many"/,
      /number above 0/,
    ],
    ['a file size of nothing', { LOCKSTEP_MAX_FILE_MB: '0' }, /above 0/],
    ['a negative file size', { LOCKSTEP_MAX_FILE_MB: '-5' }, /above 0/],
    ['a file size in hexadecimal', { LOCKSTEP_MAX_FILE_MB: '0x10' }, /above 0/],
    ['state inside a folder', { LOCKSTEP_STATE_DIR: 'static/state' }, /lies inside the folder "static"/],
  ];
  for (const [title, env, ...expected] of refusals) {
    test(title, () => {
      const message = messageOf(env);
      for (const pattern of expected) assert.match(message, pattern);
    });
  }

  const wrongOptions: readonly [title: string, options: Record<string, unknown>, expected: RegExp][] = [
    ['an unknown option', { peer: 'x' }, /option peer is unknown\. Did you mean peers\?/],
    ['a name that is no text', { name: 5 }, /the option "name"=5: is not text/],
    ['peers that are no list', { peers: 5 }, /the option "peers"=5/],
    ['a peer without an address', { peers: [{ name: 'a' }] }, /no \{name, url\}/],
    ['a mount path without a slash', { mountPath: 'sync' }, /a slash first, none at the end/],
    ['a mount path with a parameter', { mountPath: '/:sync' }, /a slash first/],
    [
      'a monitor below the mount path',
      { monitorPath: '/sync/monitor' },
      /overlaps with the mount path "\/sync"/,
    ],
    ['patterns that are no list', { ignore: '*.psd' }, /gitignore syntax/],
    ['a durability that is none', { durability: 'none' }, /Use one of: fsync, os/],
    ['a log without error()', { log: { debug() {}, info() {}, warn() {} } }, /debug, info, warn, error/],
    ['production in words', { production: 'yes' }, /Use true or false/],
    ['rights for an unknown folder', { rights: { a: { nope: ['read'] } } }, /unknown folder "nope"/],
    ['an unknown right', { rights: { a: { static: ['own'] } } }, /unknown right "own"/],
    ['a file size that is not finite', { maxFileMb: Infinity }, /number above 0/],
    ['a mask that locks the owner out', { modeMask: 0o077 }, /0o600 to 0o777/],
  ];
  for (const [title, options, expected] of wrongOptions) {
    test(title, () => assert.match(messageOf({}, untyped(options)), expected));
  }

  test('a host name that cannot be a name', () => {
    assert.throws(
      () => resolveConfiguration({}, {}, { ...machine, hostName: 'büro' }),
      /LOCKSTEP_NAME="büro".*host name/,
    );
  });
});

describe('secrets', () => {
  const hidden: readonly [title: string, env: NodeJS.ProcessEnv, expected: RegExp][] = [
    [
      'a short secret',
      { LOCKSTEP_SECRET: 'hush-hush' },
      /LOCKSTEP_SECRET: it has 9 characters.*openssl rand -hex 32/,
    ],
    ['a short second secret', { LOCKSTEP_SECRET: `${secret},hush-hush` }, /secret 2 of 2 has 9 characters/],
    ['a monotonous secret', { LOCKSTEP_SECRET: 'hush'.repeat(10) }, /fewer than 8 different characters/],
    ['a short token', { LOCKSTEP_UPLOAD_TOKEN: 'hush-hush' }, /LOCKSTEP_UPLOAD_TOKEN: it has 9 characters/],
    [
      'a short password',
      { LOCKSTEP_MONITOR_PASSWORD: 'hush' },
      /LOCKSTEP_MONITOR_PASSWORD: it has 4 characters/,
    ],
    [
      'a password in a peer address',
      { LOCKSTEP_PEERS: 'http://me:hush@10.0.0.2' },
      /http:\/\/10\.0\.0\.2 holds a user name or password/,
    ],
  ];
  for (const [title, env, expected] of hidden) {
    test(`refuses ${title} without quoting it`, () => {
      const message = messageOf(env);
      assert.match(message, expected);
      assert.doesNotMatch(message, /hush/);
    });
  }

  test('cannot be left out in production', () => {
    assert.match(messageOf({ NODE_ENV: 'production' }), /LOCKSTEP_SECRET is not set.*openssl rand -hex 32/);
    assert.match(messageOf({}, { production: true }), /LOCKSTEP_SECRET is not set/);
    assert.equal(resolveFrom({ NODE_ENV: 'production' }, { production: false }).secret, null);
  });

  test('can be a list, and token and password can be turned off', () => {
    const env = { LOCKSTEP_UPLOAD_TOKEN: 'token-0123456789', LOCKSTEP_MONITOR_PASSWORD: 'open sesame' };
    const configuration = resolveFrom(env, {
      secret: [secret, otherSecret],
      uploadToken: false,
      monitorPassword: false,
    });
    assert.deepEqual(configuration.secret, [secret, otherSecret]);
    assert.equal(configuration.uploadToken, false);
    assert.equal(configuration.monitorPassword, false);
  });
});
