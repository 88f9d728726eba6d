import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, fleetTest, type TestServer } from '../harness/index.js';

const otherSecret = 'another secret which is long enough 0123456789';
const ordinaryUser = process.getuid?.() === 0 ? 65_534 : undefined;

/** Waits until the server shows its first peer with this code. */
async function peerShows(server: TestServer, code: string): Promise<string> {
  return eventually(async () => {
    const [peer] = (await server.status()).peers;
    if (peer?.state !== 'unreachable' || peer.code !== code) return `the peer is ${JSON.stringify(peer)}`;
    return { message: peer.message ?? '' };
  }).then(({ message }) => message);
}

fleetTest(
  'a peer with another secret is shown as such, gets nothing and gives nothing',
  { servers: 2, env: (name) => (name === 'bravo' ? { LOCKSTEP_SECRET: otherSecret } : {}) },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('static/secret-plan.txt', 'for friends only');
    await bravo.files.write('static/intruder.txt', 'let me in');
    await peerShows(alpha, 'SIGNATURE_INVALID');
    await peerShows(bravo, 'SIGNATURE_INVALID');
    assert.equal(await bravo.files.exists('static/secret-plan.txt'), false);
    assert.equal(await alpha.files.exists('static/intruder.txt'), false);
    assert.doesNotMatch(alpha.output + bravo.output, new RegExp(`${fleet.secret}|${otherSecret}`));
  },
);

fleetTest('no route below /sync answers without a signature', { servers: 1 }, async (fleet) => {
  const { url, files } = fleet.at(0);
  await files.write('static/private.txt', 'private');
  const asked: readonly [method: string, route: string][] = [
    ['GET', '/hello'],
    ['GET', '/index?since=0'],
    ['GET', '/content?base_folder=static&path=private.txt'],
    ['GET', '/status'],
    ['POST', '/offer'],
    ['POST', '/upload'],
    ['DELETE', '/delete?base_folder=static&path=private.txt'],
  ];
  for (const [method, route] of asked) {
    const response = await fetch(`${url}/sync${route}`, { method });
    const text = await response.text();
    assert.equal(response.status, 401, `${method} ${route}: ${text}`);
    assert.equal((JSON.parse(text) as { code: string }).code, 'AUTH_REQUIRED');
    assert.doesNotMatch(text, /private\.txt.*private/);
  }
  assert.equal(await files.read('static/private.txt'), 'private');
});

fleetTest(
  'an address that answers nonsense is shown as that, and delivery begins when Lockstep answers there',
  { servers: 2, asleep: true },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const { port } = new URL(bravo.url);
    const nonsense = createServer((_request, response) => response.end('<h1>It works!</h1>')).listen(
      Number(port),
      '127.0.0.1',
    );
    await once(nonsense, 'listening');
    assert.equal((nonsense.address() as AddressInfo).port, Number(port));
    try {
      await alpha.start();
      await alpha.files.write('static/patience.txt', 'patience');
      const message = await peerShows(alpha, 'PEER_NONSENSE');
      assert.ok(message.includes(new URL(bravo.url).host), message);
    } finally {
      nonsense.closeAllConnections();
      await new Promise((resolve) => nonsense.close(resolve));
    }
    await bravo.start();
    await eventually(async () => (await bravo.files.find('static/patience.txt')) === 'patience', 30_000);
  },
);

fleetTest(
  'an unreadable file is listed and stops nothing, and travels when it can be read',
  { servers: 2, user: ordinaryUser },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const closed = alpha.files.at('static/closed.txt');
    await writeFile(closed, 'now open', { mode: 0o000 });
    await alpha.files.write('static/open.txt', 'open');
    await eventually(() => bravo.files.exists('static/open.txt'));
    await eventually(async () => {
      const { problems } = await alpha.status();
      return (
        problems.some(({ path, code }) => path === 'closed.txt' && code === 'FILE_UNREADABLE') ||
        JSON.stringify(problems)
      );
    });
    assert.equal(await bravo.files.exists('static/closed.txt'), false);
    await chmod(closed, 0o644);
    await eventually(async () => (await bravo.files.find('static/closed.txt')) === 'now open');
    await eventually(async () => (await alpha.status()).problems.length === 0);
  },
);
