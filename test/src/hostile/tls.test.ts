import { openReplica, systemClock } from '@lockstep/core/node';
import { createReceiver } from '@lockstep/receiver';
import { createSender, type Sender } from '@lockstep/sender';
import express from 'express';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { eventually } from '../harness/eventually.js';
import { createAuthority, type Authority, type Pair } from './certificates.js';

const secret = 'the-secret-of-two-servers-that-speak-tls-0123456789';

/** A server that answers only to clients with a certificate of this authority. */
async function startReceiving(t: TestContext, authority: Authority, own: Pair) {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-tls-'));
  const replica = await openReplica({ root, name: 'web-2', durability: 'os' });
  const receiver = createReceiver({ replica, secret });
  const app = express();
  app.use('/sync', receiver.router);
  const server = createServer({ ...own, ca: authority.ca, requestCert: true, rejectUnauthorized: true }, app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await receiver.close();
    await replica.close();
    await rm(root, { recursive: true, force: true });
  });
  return { root, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/sync` };
}

/** A server that sends to this address, with a file to send. */
async function startSending(
  t: TestContext,
  url: string,
  tls: ConstructorParameters<typeof Agent>[0],
  aheadMs = 0,
): Promise<Sender> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-tls-'));
  const replica = await openReplica({ root, name: 'web-1', durability: 'os' });
  await writeFile(join(root, 'static', 'site.css'), 'body {}');
  const httpsAgent = new Agent({ keepAlive: true, ...tls });
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const sender = createSender({ replica, secret, peers: [{ name: 'web-2', url }], httpsAgent, clock });
  t.after(async () => {
    await sender.close();
    await replica.close();
    httpsAgent.destroy();
    await rm(root, { recursive: true, force: true });
  });
  await sender.start();
  return sender;
}

/** What the sender says is wrong with its only peer. */
function problemOf(sender: Sender): string {
  return JSON.stringify(sender.status().peers);
}

describe('TLS with a private certificate authority', () => {
  let ours: Authority;
  let theirs: Authority;
  let web1: Pair;
  let web2: Pair;
  before(async () => {
    [ours, theirs] = await Promise.all([createAuthority('our own'), createAuthority('somebody else')]);
    web1 = await ours.issue('web-1');
    web2 = await ours.issue('web-2');
  });
  after(async () => {
    await ours.close();
    await theirs.close();
  });

  it('delivers to a server that knows this one by its certificate', async (t) => {
    const to = await startReceiving(t, ours, web2);
    await startSending(t, to.url, { ...web1, ca: ours.ca });
    await eventually(async () => (await readFile(join(to.root, 'static', 'site.css'), 'utf8')) === 'body {}');
  });

  const refused: [string, () => Promise<ConstructorParameters<typeof Agent>[0]>][] = [
    ['a client without a certificate', () => Promise.resolve({ ca: ours.ca })],
    [
      'a client whose certificate is from somebody else',
      async () => ({ ...(await theirs.issue('web-1')), ca: ours.ca }),
    ],
    [
      'a server whose certificate is from an authority that this one does not know',
      () => Promise.resolve({ ...web1, ca: theirs.ca }),
    ],
    [
      'a server whose certificate only the public authorities could vouch for',
      () => Promise.resolve({ ...web1 }),
    ],
  ];
  for (const [what, tls] of refused) {
    it(`delivers nothing to or from ${what}, and says that it cannot reach it`, async (t) => {
      const to = await startReceiving(t, ours, web2);
      const sender = await startSending(t, to.url, await tls());
      await eventually(() => /PEER_UNREACHABLE/u.test(problemOf(sender)) || problemOf(sender));
      await assert.rejects(readFile(join(to.root, 'static', 'site.css')), { code: 'ENOENT' });
    });
  }

  it('reports clocks that are apart with both times, on the server that sends', async (t) => {
    const to = await startReceiving(t, ours, web2);
    const sender = await startSending(t, to.url, { ...web1, ca: ours.ca }, 10 * 60_000);
    await eventually(() => /SIGNATURE_EXPIRED/u.test(problemOf(sender)) || problemOf(sender));
    assert.match(problemOf(sender), /signed at 20\S+Z: it is 20\S+Z here\. Set both clocks/u);
    await assert.rejects(readFile(join(to.root, 'static', 'site.css')), { code: 'ENOENT' });
  });
});
