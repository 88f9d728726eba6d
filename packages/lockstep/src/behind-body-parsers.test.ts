import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import express from 'express';
import { createSender, openReplica, setupRealTimeFileSync } from './index.js';

const secret = '0123456789abcdef0123456789abcdef';

test('peers deliver to an app that mounted body parsers first: small and large files, and deletions', async (t) => {
  const [root, otherRoot] = [
    await mkdtemp(join(tmpdir(), 'lockstep-a-')),
    await mkdtemp(join(tmpdir(), 'lockstep-b-')),
  ];
  t.after(() => Promise.all([root, otherRoot].map((each) => rm(each, { recursive: true, force: true }))));
  const app = express();
  app.use(express.json(), express.urlencoded({ extended: true }), express.text());
  const sync = await setupRealTimeFileSync(app, { root, name: 'web-1', secret, log: false });
  t.after(() => sync.close());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => new Promise((resolve) => server.close(resolve)));
  t.after(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;

  const replica = await openReplica({ root: otherRoot, name: 'web-2', durability: 'os' });
  t.after(() => replica.close());
  const peers = [{ name: 'web-1', url: `http://127.0.0.1:${port}/sync` }];
  const sender = createSender({ replica, secret, peers });
  t.after(() => sender.close());
  await sender.start();
  const all = { peers: 'all', timeoutMs: 10_000 } as const;

  await writeFile(join(otherRoot, 'static', 'small.txt'), 'small');
  await writeFile(join(otherRoot, 'static', 'large.txt'), 'large '.repeat(100_000));
  await sender.flush(all);
  assert.equal(await readFile(join(root, 'static', 'small.txt'), 'utf8'), 'small');
  assert.equal(await readFile(join(root, 'static', 'large.txt'), 'utf8'), 'large '.repeat(100_000));

  await unlink(join(otherRoot, 'static', 'small.txt'));
  await sender.rescan('static');
  const deadline = Date.now() + 10_000;
  while (existsSync(join(root, 'static', 'small.txt')) && Date.now() < deadline) await sender.flush(all);
  assert.equal(existsSync(join(root, 'static', 'small.txt')), false);
});
