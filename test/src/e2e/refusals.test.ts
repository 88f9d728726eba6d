import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePorts, TestServer } from '../harness/index.js';

const secret = randomBytes(32).toString('hex');
/** Root may write everywhere, so what another user may not do is tried as one (nobody). */
const ordinaryUser = process.getuid?.() === 0 ? 65_534 : undefined;

describe('a server that cannot start says why in one line and ends with code 1:', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-refusals-'));
    await chmod(directory, 0o755);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  let made = 0;
  /** Starts a server that must end by itself; gives what it wrote to standard error. */
  async function refusal(
    env: NodeJS.ProcessEnv,
    user?: number,
    prepare?: (root: string) => Promise<void>,
  ): Promise<string> {
    const root = join(directory, `server-${made++}`);
    const [port = 0] = await freePorts(1);
    const server = new TestServer({
      name: 'alpha',
      root,
      port,
      user,
      env: { LOCKSTEP_SECRET: secret, ...env },
    });
    await mkdir(root);
    await prepare?.(root);
    await server.launch();
    assert.equal(await server.ended(), 1, server.output);
    const lines = server.output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    assert.equal(lines.length, 1, server.output);
    return lines[0] ?? '';
  }

  const refusals: readonly [title: string, env: NodeJS.ProcessEnv, ...expected: RegExp[]][] = [
    [
      'an unknown variable',
      { LOCKSTEP_PEER: 'http://127.0.0.1:1' },
      /LOCKSTEP_PEER is unknown/,
      /Did you mean LOCKSTEP_PEERS\?/,
    ],
    [
      'a malformed peer address',
      { LOCKSTEP_PEERS: 'bravo=127.0.0.1:4002' },
      /LOCKSTEP_PEERS="bravo=127\.0\.0\.1:4002"/,
      /name=https:\/\/host\/sync/,
    ],
    ['a port that is none', { PORT: 'http' }, /PORT="http"/, /0 to 65535/],
    ['a file limit that is none', { LOCKSTEP_MAX_FILE_MB: 'big' }, /LOCKSTEP_MAX_FILE_MB="big"/],
    [
      'a folder outside the root',
      { LOCKSTEP_FOLDERS: '../etc' },
      /LOCKSTEP_FOLDERS="\.\.\/etc"/,
      /plain folder names/,
    ],
    [
      'a missing root',
      { LOCKSTEP_ROOT: '/does/not/exist' },
      /ROOT_MISSING/,
      /\/does\/not\/exist/,
      /LOCKSTEP_ROOT/,
    ],
    [
      'no secret in production',
      { LOCKSTEP_SECRET: '', NODE_ENV: 'production' },
      /LOCKSTEP_SECRET is not set/,
      /openssl rand -hex 32/,
    ],
    ['a host that this machine is not', { HOST: '192.0.2.1' }, /HOST="192\.0\.2\.1"/, /127\.0\.0\.1/],
  ];
  for (const [title, env, ...expected] of refusals) {
    test(title, async () => {
      const line = await refusal(env);
      for (const pattern of expected) assert.match(line, pattern);
    });
  }

  test('a short secret, which is not quoted', async () => {
    const line = await refusal({ LOCKSTEP_SECRET: 'hush-hush' });
    assert.match(line, /LOCKSTEP_SECRET.*9 characters/);
    assert.doesNotMatch(line, /hush/);
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const line = await refusal({ PORT: String(port) });
    other.close();
    assert.match(
      line,
      new RegExp(`PORT=${port}: another program listens on 127\\.0\\.0\\.1:${port} already`),
    );
    assert.match(line, /set PORT to a free port/);
  });

  test('a folder that it may not write', async () => {
    const line = await refusal({}, ordinaryUser, async (root) => {
      await mkdir(join(root, 'static'));
      await chmod(join(root, 'static'), 0o555);
    });
    assert.match(line, /NOT_PERMITTED/);
    assert.match(line, /static/);
    assert.match(line, /write/i);
  });

  test('a file where a folder should be', async () => {
    const line = await refusal({}, undefined, (root) => writeFile(join(root, 'static'), 'a file'));
    assert.match(line, /static/);
  });
});
