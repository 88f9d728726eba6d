import { systemClock } from '@lockstep/core/node';
import { createFakeClock } from '@lockstep/core/testing';
import { plainLengthHeader, sha256 } from '@lockstep/core';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serveReceiver, until, type ReceiverServer } from '../testing/http/receiver-server.js';
import {
  ask,
  liveOf,
  manifestOf,
  openRequest,
  readAnswer,
  uploadOf,
  type PeerAnswer,
  type PeerRequest,
} from '../testing/peer-client.js';

const mebibyte = 1024 * 1024;

/** The same request with its body packed. `claim`: the length that it announces, null for none. */
function packed(asked: PeerRequest, claim?: number | null): PeerRequest {
  const body = Buffer.from(asked.body ?? '');
  return {
    ...asked,
    digest: asked.digest ?? sha256(body),
    body: gzipSync(body, { level: 9 }),
    headers: {
      ...asked.headers,
      'content-encoding': 'gzip',
      [plainLengthHeader]: claim === null ? undefined : String(claim ?? body.length),
    },
  };
}

const outcome = ({ status, json }: Pick<PeerAnswer, 'status' | 'json'>): unknown => [status, json['code']];
const verdicts = ({ json }: PeerAnswer): unknown[] =>
  (json['results'] as { status: string; code?: string }[]).map(({ status, code }) => code ?? status);
const read = (to: ReceiverServer, file: string): Promise<Buffer> => readFile(path.join(to.root, file));
/** Text that packs to about a third. */
const page = (lines: number): string =>
  Array.from({ length: lines }, (_, line) => `<p>${randomBytes(4).toString('hex')} line ${line}</p>`).join(
    '\n',
  );

describe('A packed body', () => {
  it('arrives as the bytes that were packed: small files, an empty one and a large one in one request', async (t) => {
    const to = await serveReceiver(t);
    const contents = [page(10), '', page(40_000), randomBytes(300_000)].map((each) => Buffer.from(each));
    const entries = contents.map((content, at) => liveOf(content, { path: `${at}.html` }));
    const answer = await ask(to.port, packed(uploadOf(manifestOf(entries), Buffer.concat(contents))));
    assert.deepEqual(verdicts(answer), ['settled', 'settled', 'settled', 'settled']);
    for (const [at, content] of contents.entries())
      assert.ok((await read(to, `static/${at}.html`)).equals(content), `file ${at}`);
  });

  it('may be an offer', async (t) => {
    const to = await serveReceiver(t);
    const body = manifestOf([liveOf('a'), liveOf('b', { path: 'b.css' })]);
    const answer = await ask(to.port, packed({ method: 'POST', route: '/offer', body }));
    assert.deepEqual(verdicts(answer), ['want', 'want']);
  });

  it('says how long the server was at work on it, without the time it waited for bytes', async (t) => {
    const clock = createFakeClock(Date.now());
    const to = await serveReceiver(t, { clock });
    const content = page(1000);
    const asked = packed(uploadOf(manifestOf([liveOf(content)]), content, { nowMs: clock.now() + 1 }));
    const body = asked.body as Buffer;
    const length = { 'content-length': String(body.length) };
    const opened = openRequest(to.port, { ...asked, headers: { ...asked.headers, ...length } });
    const answering = readAnswer(opened);
    opened.write(body.subarray(0, 100));
    await until('it is in work', () => to.receiver.status().inFlight === 1);
    clock.advance(7_000);
    opened.end(body.subarray(100));
    const { busyMs } = (await answering).json;
    assert.equal(busyMs, 0);
  });

  it('does not say how long it was at work when it had to wait for a processor most of the time', async (t) => {
    let starved = 0;
    const to = await serveReceiver(t, { clock: { ...systemClock, starvedMs: () => (starved += 60_000) } });
    const content = randomBytes(100_000);
    const { json } = await ask(to.port, packed(uploadOf(manifestOf([liveOf(content)]), content)));
    assert.equal('busyMs' in json, false);
    assert.equal(starved, 120_000);
  });
});

describe('A packed body is an attack', () => {
  const zeros = Buffer.alloc(64 * mebibyte);
  /** 256 files of zeros: no beginning of a large one is kept for later. */
  const bomb = (): PeerRequest => {
    const one = zeros.subarray(0, 256 * 1024);
    const entries = Array.from({ length: 256 }, (_, at) => liveOf(one, { path: `${at}.css` }));
    return packed(uploadOf(manifestOf(entries), zeros));
  };

  it('when it is a bomb that tells its length: cut off after a few MiB, nothing stays, and memory is flat', async (t) => {
    const to = await serveReceiver(t);
    const asked = bomb();
    assert.ok((asked.body as Buffer).length < 200_000);
    const before = process.memoryUsage();
    const answer = await ask(to.port, asked);
    const after = process.memoryUsage();
    assert.deepEqual(outcome(answer), [415, 'ENCODING_REFUSED']);
    const { bytesReceived } = to.receiver.status();
    assert.ok(bytesReceived < 12 * mebibyte, `it took in ${bytesReceived} bytes`);
    const grown = after.arrayBuffers - before.arrayBuffers;
    assert.ok(grown < 16 * mebibyte, `${grown} bytes more are kept`);
    await to.assertNothingWritten();
  });

  it('when it is a bomb that tells too small a length: cut off at that length', async (t) => {
    const to = await serveReceiver(t);
    const content = page(20_000);
    const answer = await ask(to.port, packed(uploadOf(manifestOf([liveOf(content)]), content), 100_000));
    assert.deepEqual(outcome(answer), [413, 'REQUEST_TOO_LARGE']);
    assert.ok(to.receiver.status().bytesReceived <= 100_000);
    await to.assertNothingWritten();
  });

  it('when it ends before the length that it tells: refused, and nothing stays', async (t) => {
    const to = await serveReceiver(t);
    const upload = uploadOf(manifestOf([liveOf('a')]), 'a');
    const longer = Buffer.from(upload.body ?? '').length + 1;
    assert.deepEqual(outcome(await ask(to.port, packed(upload, longer))), [400, 'REQUEST_MALFORMED']);
    const offer = { method: 'POST', route: '/offer', body: manifestOf([liveOf('a')]) };
    assert.deepEqual(outcome(await ask(to.port, packed(offer, 10_000))), [400, 'REQUEST_MALFORMED']);
    await to.assertNothingWritten();
  });

  it('when it announces more than a plain body may have: refused before it is read', async (t) => {
    const to = await serveReceiver(t, { limits: { maxRequestBytes: mebibyte, maxManifestBytes: 10_000 } });
    const upload = packed(uploadOf(manifestOf([liveOf(zeros)]), zeros));
    assert.deepEqual(outcome(await ask(to.port, upload)), [413, 'REQUEST_TOO_LARGE']);
    const offer = packed({ method: 'POST', route: '/offer', body: ' '.repeat(10_001) });
    assert.deepEqual(outcome(await ask(to.port, offer)), [413, 'REQUEST_TOO_LARGE']);
    assert.equal(to.receiver.status().bytesReceived, 0);
    await to.assertNothingWritten();
  });

  it('when it counts against the bytes of its peer by what it has packed: it counts by what it has unpacked', async (t) => {
    const to = await serveReceiver(t, { limits: { uploadBytesPerPeer: 100_000 } });
    const content = page(5_000);
    const asked = packed(uploadOf(manifestOf([liveOf(content)]), content));
    const length = { 'content-length': String((asked.body as Buffer).length) };
    const opened = openRequest(to.port, { ...asked, headers: { ...asked.headers, ...length } });
    opened.on('error', () => undefined);
    opened.flushHeaders();
    t.after(() => opened.destroy());
    await until('the first is in work', () => to.receiver.status().inFlight === 1);
    const small = uploadOf(manifestOf([liveOf('x', { path: 'x.css' })]), 'x');
    assert.deepEqual(outcome(await ask(to.port, small)), [429, 'TOO_MANY_REQUESTS']);
  });

  for (const [what, bend] of [
    ['is cut short', (body) => body.subarray(0, body.length - 10)],
    [
      'has another byte in its middle',
      (body) => Buffer.from(body).fill(0x55, body.length >> 1, (body.length >> 1) + 9),
    ],
    ['is not packed at all', () => Buffer.from('--plain--')],
    ['has nothing in it', () => gzipSync('')],
    ['is packed twice', (body) => gzipSync(body)],
  ] satisfies [string, (body: Buffer) => Buffer][]) {
    it(`when it ${what}: refused, and nothing stays`, async (t) => {
      const to = await serveReceiver(t);
      const content = page(20_000);
      const asked = packed(uploadOf(manifestOf([liveOf(content)]), content));
      const answer = await ask(to.port, { ...asked, body: bend(asked.body as Buffer) });
      assert.deepEqual(outcome(answer), [400, 'REQUEST_MALFORMED']);
      await to.assertNothingWritten();
    });
  }

  for (const coding of ['br', 'deflate', 'gzip, gzip', 'x-gzip', '*']) {
    it(`when it is packed as "${coding}": refused before it is read`, async (t) => {
      const to = await serveReceiver(t);
      const asked = packed(uploadOf(manifestOf([liveOf('a')]), 'a'));
      const headers = { ...asked.headers, 'content-encoding': coding };
      assert.deepEqual(outcome(await ask(to.port, { ...asked, headers })), [415, 'ENCODING_REFUSED']);
      await to.assertNothingWritten();
    });
  }

  for (const claim of ['', '-1', '1e3', '0x10', '9'.repeat(16)]) {
    it(`when its length is "${claim}": refused before it is read`, async (t) => {
      const to = await serveReceiver(t);
      const asked = packed(uploadOf(manifestOf([liveOf('a')]), 'a'));
      const headers = { ...asked.headers, [plainLengthHeader]: claim };
      assert.deepEqual(outcome(await ask(to.port, { ...asked, headers })), [400, 'REQUEST_MALFORMED']);
      await to.assertNothingWritten();
    });
  }

  it('when its manifest is another than the signed one: refused, whatever is in the contents', async (t) => {
    const to = await serveReceiver(t);
    const asked = packed(uploadOf(manifestOf([liveOf('a')]), 'a', { digest: sha256('another') }));
    assert.deepEqual(outcome(await ask(to.port, asked)), [401, 'SIGNATURE_INVALID']);
    await to.assertNothingWritten();
  });

  it('when its contents go on after the sizes of the manifest: refused', async (t) => {
    const to = await serveReceiver(t);
    const asked = packed(uploadOf(manifestOf([liveOf('a')]), `a${page(100)}`));
    assert.deepEqual(outcome(await ask(to.port, asked)), [422, 'CHECKSUM_MISMATCH']);
    await to.assertNothingWritten();
  });

  it('when a script sends it: the plain form is taken as it is only', async (t) => {
    const to = await serveReceiver(t, { uploadToken: 'a-token-of-sixteen-characters' });
    const { body, headers } = packed(uploadOf('', 'a'));
    const asked = await fetch(`http://127.0.0.1:${to.port}/sync/upload`, {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer a-token-of-sixteen-characters' } as Record<
        string,
        string
      >,
      body: new Uint8Array(body as Buffer),
    });
    const answer = { status: asked.status, json: (await asked.json()) as PeerAnswer['json'] };
    assert.deepEqual(outcome(answer), [415, 'ENCODING_REFUSED']);
    await to.assertNothingWritten();
  });

  it('when nobody signed it: not a byte is unpacked', async (t) => {
    const to = await serveReceiver(t);
    const asked = bomb();
    const headers = { ...asked.headers, 'x-lockstep-signature': `v1=${'0'.repeat(64)}` };
    assert.deepEqual(outcome(await ask(to.port, { ...asked, headers })), [401, 'SIGNATURE_INVALID']);
    assert.equal(to.receiver.status().bytesReceived, 0);
  });

  it('when its client goes away in the middle: nothing stays, and the next one is served', async (t) => {
    const to = await serveReceiver(t);
    const content = page(60_000);
    const asked = packed(uploadOf(manifestOf([liveOf(content)]), content));
    const body = asked.body as Buffer;
    const length = { 'content-length': String(body.length) };
    const opened = openRequest(to.port, { ...asked, headers: { ...asked.headers, ...length } });
    opened.on('error', () => undefined);
    opened.write(body.subarray(0, body.length / 2));
    await until('some of it is staged', () => to.sockets.size === 1 && to.receiver.status().inFlight === 1);
    opened.destroy();
    await until('nothing is in work', () => to.receiver.status().inFlight === 0);
    const again = await ask(to.port, packed(uploadOf(manifestOf([liveOf(content)]), content)));
    assert.deepEqual(verdicts(again), ['settled']);
    assert.ok((await read(to, 'static/app.css')).equals(Buffer.from(content)));
  });
});
