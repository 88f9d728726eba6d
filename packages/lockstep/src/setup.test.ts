import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isSyncError, silentLog, type Log } from '@lockstep/core';
import express, { type Express } from 'express';
import { getFileSyncStatus, setupRealTimeFileSync } from './index.js';

const secret = '0123456789abcdef0123456789abcdef';

async function temporaryRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-setup-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

async function serve(t: TestContext, app: Express): Promise<string> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('one call keeps an app in step: routes answer, changes are told, and close ends it', async (t) => {
  const root = await temporaryRoot(t);
  const app = express();
  const url = await serve(t, app);
  assert.equal(getFileSyncStatus().active, false);

  const starting = setupRealTimeFileSync(app, { root, name: 'web-1', secret, log: false });
  app.use((_request, response) => void response.status(404).end('unknown page'));
  assert.equal((await fetch(`${url}/sync/hello`)).status, 503);
  const sync = await starting;
  t.after(() => sync.close());

  assert.equal((await fetch(`${url}/sync/health`)).status, 200);
  assert.equal((await fetch(`${url}/sync/hello`)).status, 401);
  assert.equal((await fetch(`${url}/sync-monitor`)).status, 200);
  assert.equal(await (await fetch(`${url}/other`)).text(), 'unknown page');

  const recorded = new Promise((resolve) => sync.on('recorded', ({ entries }) => resolve(entries[0]?.path)));
  await writeFile(join(root, 'static', 'site.css'), 'body {}');
  assert.equal(await recorded, 'site.css');

  const status = getFileSyncStatus();
  assert.equal(status.active, true);
  assert.equal(status.sending, true);
  assert.equal(status.name, 'web-1');
  assert.equal(status.state, 'alone');
  assert.deepEqual(status.folders, ['instance', 'templates', 'static']);
  assert.equal(status.statistics.sequence, 1);
  assert.deepEqual(status, sync.status());

  await Promise.all([sync.close(), sync.close()]);
  assert.equal(getFileSyncStatus().active, false);
  assert.equal((await fetch(`${url}/sync/health`)).status, 503);
});

test('makes the folders, a private state directory and a secret that nobody logs', async (t) => {
  const root = await temporaryRoot(t);
  const lines: string[] = [];
  const write = (message: string, fields?: object) => void lines.push(message + JSON.stringify(fields ?? {}));
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const sync = await setupRealTimeFileSync(express(), { root, name: 'web-1', log, production: false });
  await sync.close();
  const made = (await readFile(join(root, '.lockstep', 'secret'), 'utf8')).trim();
  assert.match(made, /^[0-9a-f]{64}$/);
  assert.equal((await stat(join(root, '.lockstep'))).mode & 0o777, 0o700);
  const text = lines.join('\n');
  for (const expected of ['Created the folder static', 'LOCKSTEP_SECRET', 'Set LOCKSTEP_PEERS']) {
    assert.ok(text.includes(expected), `"${expected}" is missing in\n${text}`);
  }
  assert.ok(!text.includes(made), 'the secret was logged');
});

test('refuses a second call until the first is closed', async (t) => {
  const root = await temporaryRoot(t);
  const options = { root, name: 'web-1', secret, log: silentLog };
  const sync = await setupRealTimeFileSync(express(), options);
  t.after(() => sync.close());
  await assert.rejects(setupRealTimeFileSync(express(), options), (error) =>
    isSyncError(error, 'ALREADY_RUNNING'),
  );
  await sync.close();
  const again = await setupRealTimeFileSync(express(), options);
  await again.close();
});

test('a call that is refused leaves nothing behind, so that a corrected one works', async (t) => {
  const root = await temporaryRoot(t);
  const app = express();
  const url = await serve(t, app);
  const good = { root, name: 'web-1', secret, log: silentLog };
  const missing = join(root, 'missing');
  for (const [bad, code] of [
    [{ ...good, peers: 'nonsense' }, 'OPTION_INVALID'],
    [{ ...good, root: missing }, 'ROOT_MISSING'],
  ] as const) {
    await assert.rejects(setupRealTimeFileSync(app, bad), (error) => isSyncError(error, code));
    assert.equal(getFileSyncStatus().active, false);
  }
  await assert.rejects(stat(missing));
  assert.equal((await fetch(`${url}/sync/health`)).status, 503);
  await mkdir(missing);
  const sync = await setupRealTimeFileSync(app, { ...good, root: missing });
  assert.equal((await fetch(`${url}/sync/health`)).status, 200);
  await sync.close();
});

test('brings a file to a peer, and flush waits for it', async (t) => {
  const [root, otherRoot] = [await temporaryRoot(t), await temporaryRoot(t)];
  const app = express();
  const url = await serve(t, app);
  const { createReceiver, openReplica } = await import('./index.js');
  const otherReplica = await openReplica({ root: otherRoot, name: 'web-2', durability: 'os' });
  t.after(() => otherReplica.close());
  const otherApp = express().use('/sync', createReceiver({ replica: otherReplica, secret }).router);
  const otherUrl = await serve(t, otherApp);

  const peers = `web-1=${url},web-2=${otherUrl}`;
  const sync = await setupRealTimeFileSync(app, { root, name: 'web-1', secret, peers, log: false });
  t.after(() => sync.close());
  await writeFile(join(root, 'instance', 'note.txt'), 'hello');
  await sync.flush({ peers: 'all', timeoutMs: 10_000 });
  assert.equal(await readFile(join(otherRoot, 'instance', 'note.txt'), 'utf8'), 'hello');
  assert.deepEqual(
    sync.status().peers.map(({ name, state }) => [name, state]),
    [['web-2', 'up']],
  );
});
