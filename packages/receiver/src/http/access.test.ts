import { headers as names, sha256 } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { serveReceiver, until } from '../testing/http/receiver-server.js';
import {
  ask,
  liveOf,
  manifestOf,
  openRequest,
  readAnswer,
  uploadOf,
  type PeerRequest,
} from '../testing/peer-client.js';

const hello: PeerRequest = { method: 'GET', route: '/hello' };
const minuteMs = 60_000;
const otherSecret = 'a-secret-that-this-server-has-never-been-given';

describe('Access', () => {
  it('tells the app which peer spoke to it, once it has proved who it is', async (t) => {
    const heard: string[] = [];
    const to = await serveReceiver(t, { onContact: (peer) => void heard.push(peer) });
    await ask(to.port, { ...hello, secrets: [otherSecret] });
    assert.deepEqual(heard, []);
    await ask(to.port, hello);
    assert.deepEqual(heard, ['web-1']);
  });

  const manifest = manifestOf([liveOf('one')]);
  const refused: [string, () => PeerRequest, string][] = [
    ['no signature', () => ({ ...hello, headers: { [names.signature]: undefined } }), 'AUTH_REQUIRED'],
    ['no node', () => ({ ...hello, headers: { [names.node]: undefined } }), 'AUTH_REQUIRED'],
    ['another secret', () => ({ ...hello, secrets: [otherSecret] }), 'SIGNATURE_INVALID'],
    [
      'another route than was signed',
      () => ({ ...hello, route: '/hello?x=1', headers: signedFor(hello) }),
      'SIGNATURE_INVALID',
    ],
    [
      'another node than was signed',
      () => ({ ...hello, headers: { [names.node]: 'web-3' } }),
      'SIGNATURE_INVALID',
    ],
    ['the address of another server', () => ({ ...hello, to: 'web-9' }), 'SIGNATURE_INVALID'],
    [
      'no address on a route other than hello',
      () => ({ method: 'GET', route: '/index', to: '*' }),
      'SIGNATURE_INVALID',
    ],
    [
      'no address on hello with another method than GET',
      () => ({ method: 'POST', route: '/hello', to: '*' }),
      'SIGNATURE_INVALID',
    ],
    ['a time six minutes ago', () => ({ ...hello, nowMs: Date.now() - 6 * minuteMs }), 'SIGNATURE_EXPIRED'],
    ['a time six minutes ahead', () => ({ ...hello, nowMs: Date.now() + 6 * minuteMs }), 'SIGNATURE_EXPIRED'],
    [
      'a time before the server started',
      () => ({ ...hello, nowMs: Date.now() - minuteMs }),
      'SIGNATURE_EXPIRED',
    ],
    [
      'a tampered offer',
      () => ({ method: 'POST', route: '/offer', body: manifest, digest: sha256('another') }),
      'SIGNATURE_INVALID',
    ],
    [
      'a tampered deletion',
      () => ({ method: 'DELETE', route: '/delete', body: manifest, digest: sha256('x') }),
      'SIGNATURE_INVALID',
    ],
    [
      'an unsigned upload',
      () => uploadOf(manifest, 'one', { headers: { [names.signature]: undefined } }),
      'AUTH_REQUIRED',
    ],
    [
      'an upload of a stranger',
      () => uploadOf(manifest, 'one', { secrets: [otherSecret] }),
      'SIGNATURE_INVALID',
    ],
    [
      'an unknown route without a signature',
      () => ({ method: 'GET', route: '/admin', headers: { [names.signature]: undefined } }),
      'AUTH_REQUIRED',
    ],
  ];
  for (const [what, make, code] of refused) {
    it(`refuses a request with ${what}: 401 ${code}, and writes nothing`, async (t) => {
      const to = await serveReceiver(t);
      const answer = await ask(to.port, make());
      assert.deepEqual([answer.status, answer.json['code']], [401, code]);
      assert.deepEqual(Object.keys(answer.json), ['code', 'message', 'details']);
      assert.equal(answer.headers['www-authenticate'], 'Lockstep');
      assert.doesNotMatch(answer.body.toString(), /secret-/u);
      await to.assertNothingWritten();
    });
  }

  it('shows both clocks when a signature has expired', async (t) => {
    const to = await serveReceiver(t);
    const nowMs = Date.now() - 6 * minuteMs;
    const { json } = await ask(to.port, { ...hello, nowMs });
    const details = json['details'] as Record<string, number>;
    assert.equal(details['timeMs'], nowMs);
    assert.ok((details['nowMs'] ?? 0) - nowMs >= 6 * minuteMs);
  });

  it('refuses a request that is sent again as it was: 401 NONCE_REUSED', async (t) => {
    const to = await serveReceiver(t);
    const asked: PeerRequest = { ...hello, nonce: 'a'.repeat(32), nowMs: Date.now() };
    assert.equal((await ask(to.port, asked)).status, 200);
    const again = await ask(to.port, asked);
    assert.deepEqual([again.status, again.json['code']], [401, 'NONCE_REUSED']);
  });

  it('answers hello to a peer that does not know its name yet', async (t) => {
    const to = await serveReceiver(t);
    assert.equal((await ask(to.port, { ...hello, to: '*' })).status, 200);
  });

  it('verifies every secret of its list and signs the answer with the one that the peer used', async (t) => {
    const to = await serveReceiver(t, {
      secret: [otherSecret, 'a-secret-of-the-tests-with-more-than-32-characters'],
    });
    const answer = await ask(to.port, hello);
    assert.deepEqual([answer.status, answer.signed], [200, true]);
    assert.equal((await ask(to.port, { ...hello, secrets: [otherSecret] })).status, 200);
  });

  it('lets nobody but the holder of its own secret speak for a peer that has one', async (t) => {
    const own = 'the-secret-that-only-web-1-and-this-server-have';
    const to = await serveReceiver(t, { peerSecrets: { 'web-1': own } });
    const refused = await ask(to.port, hello);
    assert.deepEqual([refused.status, refused.json['code']], [401, 'SIGNATURE_INVALID']);
    assert.equal((await ask(to.port, { ...hello, secrets: [own] })).status, 200);
    assert.equal((await ask(to.port, { ...hello, secrets: [own], node: 'web-3' })).status, 401);
    assert.equal((await ask(to.port, { ...hello, node: 'web-3' })).status, 200);
  });

  it('tells a header that came twice from one that came once: refuses it', async (t) => {
    const to = await serveReceiver(t);
    const signed = signedFor(hello);
    const raw = Object.entries(signed).map(([name, value]) => `${name}: ${value}`);
    for (const name of Object.values(names).filter((each) => each in signed)) {
      const socket = connect(to.port, '127.0.0.1');
      const lines = [
        'GET /sync/hello HTTP/1.1',
        'Host: x',
        'Connection: close',
        ...raw,
        `${name}: ${String(signed[name])}`,
      ];
      socket.end(`${lines.join('\r\n')}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1\.1 401 /u, name);
      socket.destroy();
    }
  });

  it('answers a stranger before the body comes, and does not wait for it', async (t) => {
    const to = await serveReceiver(t);
    const opened = openRequest(to.port, {
      ...uploadOf(manifest, 'one'),
      secrets: [otherSecret],
      headers: { 'content-length': '100000000', 'content-type': 'multipart/form-data; boundary=x' },
    });
    opened.on('error', () => undefined);
    opened.flushHeaders();
    const answer = await readAnswer(opened);
    assert.deepEqual([answer.status, answer.headers.connection], [401, 'close']);
    opened.destroy();
    await to.assertNothingWritten();
  });

  it('cuts the connection of a stranger who goes on sending', async (t) => {
    const to = await serveReceiver(t);
    const socket = connect(to.port, '127.0.0.1');
    let answered = '';
    socket.on('data', (chunk: Buffer) => (answered += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write('POST /sync/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n');
    const pump = (): void =>
      void (socket.destroyed || socket.write(Buffer.alloc(65536), () => setImmediate(pump)));
    pump();
    await once(socket, 'close');
    assert.match(answered, /^HTTP\/1\.1 401 /u);
    const [connection] = to.sockets;
    assert.ok((connection?.bytesRead ?? 0) < 8_000_000);
  });

  it('logs strangers once in ten seconds per address, with how many there were', async (t) => {
    const clock = createFakeClock(Date.now());
    const to = await serveReceiver(t, { clock });
    const stranger = (): Promise<unknown> =>
      ask(to.port, { ...hello, secrets: [otherSecret], nowMs: clock.now() });
    const warnings = (): unknown[] =>
      to.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['requests']);
    for (let n = 0; n < 4; n += 1) await stranger();
    assert.deepEqual(warnings(), [1]);
    clock.advance(10_000);
    await stranger();
    assert.deepEqual(warnings(), [1, 4]);
    assert.equal(to.receiver.status().failures.SIGNATURE_INVALID, 5);
  });

  it('works on eight requests of a peer at a time: the ninth gets 429 and Retry-After, another peer is served', async (t) => {
    const to = await serveReceiver(t);
    const opened = Array.from({ length: 8 }, () =>
      openRequest(to.port, {
        ...uploadOf(manifest, 'one'),
        headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '1000' },
      }),
    );
    for (const request of opened) {
      request.on('error', () => undefined);
      request.flushHeaders();
    }
    await until('eight are in flight', () => to.receiver.status().inFlight === 8);
    const ninth = await ask(to.port, hello);
    assert.deepEqual(
      [ninth.status, ninth.json['code'], ninth.headers['retry-after']],
      [429, 'TOO_MANY_REQUESTS', '1'],
    );
    assert.equal((await ask(to.port, { ...hello, node: 'web-3' })).status, 200);
    for (const request of opened) request.destroy();
    await until('the slots are free', () => to.receiver.status().inFlight === 0);
    assert.equal((await ask(to.port, hello)).status, 200);
  });

  it('refuses everything after close, and close waits for what is in flight', async (t) => {
    const to = await serveReceiver(t);
    const asked = uploadOf(manifest, 'one');
    const body = asked.body as Buffer;
    const opened = openRequest(to.port, {
      ...asked,
      headers: { ...asked.headers, 'content-length': String(body.length) },
    });
    const answering = readAnswer(opened);
    opened.write(body.subarray(0, 10));
    await until('it is in flight', () => to.receiver.status().inFlight === 1);
    let closed = false;
    const closing = to.receiver.close().then(() => (closed = true));
    const refusal = await ask(to.port, hello);
    assert.deepEqual(
      [refusal.status, refusal.json['code'], refusal.headers['retry-after']],
      [503, 'CLOSED', '5'],
    );
    assert.equal(closed, false);
    opened.end(body.subarray(10));
    assert.equal((await answering).status, 200);
    await closing;
    assert.equal((await ask(to.port, { method: 'GET', route: '/health' })).status, 503);
  });

  it('does not let a wrong token pass for a peer, nor a peer for the token', async (t) => {
    const to = await serveReceiver(t, { uploadToken: 'token-of-the-tests' });
    const answer = await ask(to.port, {
      ...hello,
      headers: { authorization: 'Bearer token-of-the-tests', [names.signature]: `v1=${'0'.repeat(64)}` },
    });
    assert.deepEqual([answer.status, answer.json['code']], [401, 'SIGNATURE_INVALID']);
  });
});

/** The headers of another request: a signature moved to where it was not given for. */
function signedFor(asked: PeerRequest): Record<string, string> {
  const other = openRequest(9, asked);
  other.on('error', () => undefined);
  other.destroy();
  return Object.fromEntries(
    Object.values(names).flatMap((name) =>
      other.hasHeader(name) ? [[name, String(other.getHeader(name))]] : [],
    ),
  );
}
