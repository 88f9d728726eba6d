import { createFakeClock } from '@lockstep/core/testing';
import assert from 'node:assert/strict';
import type { ClientRequest } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serveReceiver, until, type ReceiverServer } from '../testing/http/receiver-server.js';
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
const content = 'x'.repeat(1000);

/** Opens an upload that announces its whole length and sends none of it. */
function hangingUpload(t: TestContext, to: ReceiverServer, node = 'web-1'): ClientRequest {
  const asked = uploadOf(manifestOf([liveOf(content)], { node }), content, { node });
  const length = String((asked.body as Buffer).length);
  const opened = openRequest(to.port, {
    ...asked,
    headers: { ...asked.headers, 'content-length': length },
  });
  opened.on('error', () => undefined);
  opened.flushHeaders();
  t.after(() => opened.destroy());
  return opened;
}

const inFlight = (to: ReceiverServer, count: number): Promise<void> =>
  until(`${count} are in flight`, () => to.receiver.status().inFlight === count);

describe('Limits of what is worked on at a time', () => {
  it('bounds the requests of all peers together: 429 with Retry-After, and serves again when one has ended', async (t) => {
    const to = await serveReceiver(t, { limits: { concurrentInAll: 3, concurrentPerPeer: 2 } });
    const opened = ['a', 'b', 'c'].map((node) => hangingUpload(t, to, node));
    await inFlight(to, 3);
    const refused = await ask(to.port, { ...hello, node: 'd' });
    assert.deepEqual([refused.status, refused.json['code']], [429, 'TOO_MANY_REQUESTS']);
    assert.equal(refused.headers['retry-after'], '1');
    opened[0]?.destroy();
    await inFlight(to, 2);
    assert.equal((await ask(to.port, { ...hello, node: 'd' })).status, 200);
  });

  it('bounds the bytes that one peer has on their way, and takes the same upload of another peer', async (t) => {
    const to = await serveReceiver(t, { limits: { uploadBytesPerPeer: 2000 } });
    const opened = hangingUpload(t, to);
    await inFlight(to, 1);
    const upload = (node: string): PeerRequest =>
      uploadOf(manifestOf([liveOf(content, { path: `${node}.txt` })], { node }), content, { node });
    const refused = await ask(to.port, upload('web-1'));
    assert.deepEqual([refused.status, refused.json['code']], [429, 'TOO_MANY_REQUESTS']);
    assert.equal((await ask(to.port, upload('web-3'))).status, 200);
    opened.destroy();
    await inFlight(to, 0);
    assert.equal((await ask(to.port, upload('web-1'))).status, 200);
  });

  it('bounds the bytes that all peers have on their way', async (t) => {
    const to = await serveReceiver(t, { limits: { uploadBytesInAll: 2000 } });
    const opened = hangingUpload(t, to);
    await inFlight(to, 1);
    const upload = uploadOf(manifestOf([liveOf(content)], { node: 'web-3' }), content, { node: 'web-3' });
    assert.equal((await ask(to.port, upload)).status, 429);
    opened.destroy();
    await inFlight(to, 0);
    assert.equal((await ask(to.port, { ...upload })).status, 200);
  });

  it('counts an upload that hides its length as one of the largest', async (t) => {
    const to = await serveReceiver(t, { limits: { uploadBytesInAll: 10_000, maxRequestBytes: 10_000 } });
    hangingUpload(t, to);
    await inFlight(to, 1);
    const asked = uploadOf(manifestOf([liveOf(content)], { node: 'web-3' }), content, { node: 'web-3' });
    const chunked = openRequest(to.port, asked);
    chunked.flushHeaders();
    chunked.end(asked.body);
    assert.equal((await readAnswer(chunked)).status, 429);
  });

  it('lets a peer that hangs up have no more work in progress than its share', async (t) => {
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const to = await serveReceiver(t, {
      limits: { concurrentPerPeer: 1 },
      wrap: (replica) => ({
        ...replica,
        receive: async (batch, from) => {
          await gate;
          return replica.receive(batch, from);
        },
      }),
    });
    const manifest = manifestOf([liveOf('')]);
    const opened = openRequest(to.port, {
      ...{ method: 'POST', route: '/offer', body: manifest },
      headers: { 'content-length': String(manifest.length) },
    });
    opened.on('error', () => undefined);
    opened.end(manifest);
    await inFlight(to, 1);
    const [socket] = to.sockets;
    opened.destroy();
    await until('the client is gone', () => socket?.destroyed === true);
    assert.equal((await ask(to.port, hello)).status, 429);
    finish();
    await inFlight(to, 0);
    assert.equal((await ask(to.port, hello)).status, 200);
  });
});

describe('Clients that take their time', () => {
  it('cuts off a body that trickles with TIMED_OUT, and staging is empty', async (t) => {
    const clock = createFakeClock(Date.now());
    const to = await serveReceiver(t, { clock, limits: { bodyIdleMs: 1000, minBytesPerSecond: 100 } });
    const asked = uploadOf(manifestOf([liveOf(content)]), content, { nowMs: clock.now() + 1 });
    const body = asked.body as Buffer;
    const opened = openRequest(to.port, {
      ...asked,
      headers: { ...asked.headers, 'content-length': String(body.length) },
    });
    opened.on('error', () => undefined);
    const answering = readAnswer(opened);
    opened.flushHeaders();
    await inFlight(to, 1);
    const [socket] = to.sockets;
    const send = async (part: Buffer): Promise<void> => {
      const before = socket?.bytesRead ?? 0;
      opened.write(part);
      await until('the part is read', () => (socket?.bytesRead ?? 0) >= before + part.length);
      clock.advance(1000);
    };
    await send(body.subarray(0, 700));
    await send(body.subarray(700, 750));
    const answer = await answering;
    assert.equal(answer.json['code'], 'TIMED_OUT');
    assert.match(String(answer.json['message']), /100 bytes per second/u);
    await to.assertNothingWritten();
  });
});

describe('Endless bodies', () => {
  it('are cut off when they go on far beyond the largest request, although they say no length', async (t) => {
    const clock = createFakeClock(Date.now());
    const limits = { maxRequestBytes: 1000, bodyIdleMs: 1000, minBytesPerSecond: 1 };
    const to = await serveReceiver(t, { clock, limits });
    const asked = uploadOf(manifestOf([liveOf(content)]), content, { nowMs: clock.now() + 1 });
    const opened = openRequest(to.port, asked);
    opened.on('error', () => undefined);
    const answering = readAnswer(opened);
    opened.flushHeaders();
    await inFlight(to, 1);
    const [socket] = to.sockets;
    // A header of a part that never ends is no content that could be counted.
    opened.write(`--lockstep-test-boundary\r\nX-Long: ${'x'.repeat(4000)}`);
    await until('it is read', () => (socket?.bytesRead ?? 0) > 4000);
    clock.advance(1000);
    assert.ok(['REQUEST_TOO_LARGE', 'REQUEST_MALFORMED'].includes(String((await answering).json['code'])));
    await to.assertNothingWritten();
  });
});

describe('Bombs', () => {
  it('never unpacks a body that does not say how long it is', async (t) => {
    const to = await serveReceiver(t);
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const headers = { 'content-encoding': 'gzip' };
    const answer = await ask(to.port, { method: 'POST', route: '/offer', body: bomb, headers });
    assert.deepEqual([answer.status, answer.json['code']], [400, 'REQUEST_MALFORMED']);
    await to.assertNothingWritten();
  });

  for (const [what, json] of [
    ['a list in a list, a million deep', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
    ['an object in an object', `${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)}`],
    [
      'an entry in an entry',
      manifestOf([]).replace('[]', `[${'{"path":'.repeat(300_000)}1${'}'.repeat(300_000)}]`),
    ],
    ['a million entries of nothing', manifestOf([]).replace('[]', `[${'0,'.repeat(1_000_000)}0]`)],
    ['a version of a hundred thousand servers', manifestOf([{ version: new Array(100_000).fill(['a', 1]) }])],
  ] as const) {
    it(`answers a manifest of ${what} with a code, and goes on serving`, async (t) => {
      const to = await serveReceiver(t);
      const answer = await ask(to.port, { method: 'POST', route: '/offer', body: json });
      const results = answer.json['results'] as { code: string }[] | undefined;
      const code = (answer.json['code'] as string | undefined) ?? results?.[0]?.code ?? 'none';
      assert.ok(['REQUEST_MALFORMED', 'REQUEST_TOO_LARGE'].includes(code), code);
      assert.equal((await ask(to.port, hello)).status, 200);
      await to.assertNothingWritten();
    });
  }
});
