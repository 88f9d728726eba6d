import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually, freePorts, TestServer } from '../harness/index.js';
import { createClient, entryOf, manifestOf, signed, unsigned, withPassword } from './client.js';
import { judgeLog, judgeReply } from './judge.js';
import { secrets, startVictim, uploadToken } from './victim.js';

describe('secrets', () => {
  it('stand in no answer, page, metric or log line, whatever is asked', async (t) => {
    const victim = await startVictim({ logLevel: 'debug' });
    const client = createClient(victim.port);
    t.after(async () => {
      client.close();
      await victim.close();
    });
    const pages = [
      '/',
      '/api/status',
      '/api/files',
      '/api/activity',
      '/api/archive',
      '/metrics',
      '/api/nothing',
    ];
    const attacks = [
      ...pages.map((page) => withPassword('GET', `/sync-monitor${page}`)),
      ...['/hello', '/status', '/index', '/health', '/content?base_folder=static&path=a', '/nothing'].map(
        (route) => signed('GET', route),
      ),
      signed('POST', '/offer', manifestOf([entryOf('static', 'a.css', 'a')])),
      signed('POST', '/offer', 'no manifest'),
      unsigned(signed('GET', '/status')),
      { ...withPassword('GET', '/sync-monitor/'), headers: { authorization: 'Basic d3Jvbmc6d3Jvbmc=' } },
      {
        method: 'POST',
        url: '/sync/upload',
        headers: { authorization: `Bearer ${uploadToken}x` },
        body: 'x',
      },
      { method: 'POST', url: '/sync/upload', headers: { authorization: `Bearer ${uploadToken}` }, body: 'x' },
    ];
    for (const attack of attacks) {
      const reply = await client.send(attack);
      judgeReply(victim, attack, reply);
      for (const header of Object.values(reply.headers)) {
        for (const word of secrets) assert.ok(!String(header).includes(word));
      }
    }
    assert.ok(victim.lines.length > 0);
    judgeLog(victim);
  });

  it('are never taken from a URL', async (t) => {
    const victim = await startVictim();
    const client = createClient(victim.port);
    t.after(async () => {
      client.close();
      await victim.close();
    });
    for (const url of [
      `/sync/delete?base_folder=static&path=a&token=${uploadToken}&access_token=${uploadToken}`,
      `/sync-monitor/?password=${secrets[2]}&token=${secrets[2]}`,
    ]) {
      const method = url.startsWith('/sync/') ? 'DELETE' : 'GET';
      assert.equal((await client.send({ method, url, headers: {}, body: '' })).status, 401, url);
    }
  });
});

describe('the files of a server that made its own secret', () => {
  let directory = '';
  let server: TestServer;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-modes-'));
    const [port = 0] = await freePorts(1);
    server = new TestServer({ name: 'alpha', root: join(directory, 'alpha'), port, env: {} });
    await server.start();
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('are for its own user only: directories 0700, files 0600', async () => {
    const state = join(server.root, '.lockstep');
    const open: string[] = [];
    for (const path of ['', ...(await readdir(state, { recursive: true }))]) {
      const { mode } = await stat(join(state, path));
      if ((mode & 0o077) !== 0 && !path.startsWith('archive/'))
        open.push(`${path} ${(mode & 0o777).toString(8)}`);
    }
    assert.deepEqual(open, []);
    assert.equal((await stat(state)).mode & 0o777, 0o700);
    assert.equal((await stat(join(state, 'secret'))).mode & 0o777, 0o600);
  });

  it('hold the secret, which its log and its process title do not', async () => {
    const secret = (await readFile(join(server.root, '.lockstep', 'secret'), 'utf8')).trim();
    assert.match(secret, /^[0-9a-f]{64}$/u);
    assert.ok(!server.output.includes(secret));
    const commandLine = await readFile(`/proc/${server.pid}/cmdline`, 'utf8');
    assert.ok(!commandLine.includes(secret));
  });

  it('are closed again when somebody has opened the secret to others', async () => {
    await server.stop();
    const file = join(server.root, '.lockstep', 'secret');
    await chmod(file, 0o644);
    await server.start();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await eventually(() => server.output.includes('could be read by other users'));
  });
});

describe('a secret in the environment', () => {
  it('is not in the title of the process, nor in what it writes, also when it cannot start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-title-'));
    const secret = randomBytes(32).toString('hex');
    const [port = 0] = await freePorts(1);
    const bad = {
      LOCKSTEP_SECRET: `${secret},short-one`,
      LOCKSTEP_PEER_SECRETS: `bravo=${secret.slice(0, 20)}`,
    };
    const server = new TestServer({ name: 'alpha', root: join(directory, 'alpha'), port, env: bad });
    try {
      await server.launch();
      assert.equal(await server.ended(), 1);
      assert.match(server.output, /LOCKSTEP_SECRET/u);
      for (const word of [secret, 'short-one', secret.slice(0, 20)]) assert.ok(!server.output.includes(word));
    } finally {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
