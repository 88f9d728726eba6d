import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseSecrets, SyncError, type LiveEntry, type Random } from '@lockstep/core';
import { digestOf, fileKey, liveEntry, tombstone } from '@lockstep/core/testing';
import { systemClock, systemRandom } from '@lockstep/core/node';
import { startPeerServer, type Misbehaviour, type PeerServer } from '../testing/peer-server.js';
import { createHttpPeer } from './http-peer.js';
import { createRateLimit } from './limit-rate.js';
import type { Peer } from './peer.js';

const secret = 'a secret that every server of this test shares';

async function meet(
  t: TestContext,
  options: { secret?: string; timeoutMs?: number; random?: Random } = {},
): Promise<{ server: PeerServer; peer: Peer }> {
  const server = await startPeerServer({ name: 'bravo', secret });
  const peer = createHttpPeer({
    url: server.url,
    node: 'alpha',
    indexId: () => 'index-of-alpha',
    release: '1.2.3',
    secrets: parseSecrets(options.secret ?? secret),
    clock: systemClock,
    random: options.random ?? systemRandom,
    flights: 4,
    limit: createRateLimit(false, systemClock),
    compression: true,
    timeoutMs: options.timeoutMs ?? 5_000,
  });
  t.after(async () => {
    peer.close();
    await server.close();
  });
  return { server, peer };
}

function file(path: string, content: string | Buffer): LiveEntry {
  const bytes = Buffer.from(content);
  return liveEntry(bytes.toString('latin1'), {
    ...fileKey('static', path),
    digest: digestOf(content as string),
    size: bytes.length,
  });
}

async function* parts(...contents: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const content of contents) {
    await new Promise((resolve) => setImmediate(resolve));
    if (content instanceof Error) throw content;
    yield Buffer.from(content);
  }
}

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Misbehaviour =>
  (response, request) => {
    request.resume();
    request.once('end', () => response.writeHead(status, headers).end(body));
  };

describe('A peer over HTTP', () => {
  it('says who it is', async (t) => {
    const { peer, server } = await meet(t);
    const hello = await peer.hello();
    assert.equal(hello.node, 'bravo');
    assert.equal(hello.indexId, server.indexId);
    assert.equal(server.requests[0]?.headers['user-agent'], 'lockstep/1.2.3');
  });

  it('takes small files in one request, whatever their bytes and names', async (t) => {
    const { peer, server } = await meet(t);
    const contents = ['--boundary\r\n', '', 'grüße 🎉', '\r\n\r\n'];
    const entries = ['a.txt', 'empty', '🎉 grüße.css', '-dash'].map((path, at) =>
      file(path, contents[at] ?? ''),
    );
    const body = { kind: 'bytes', contents: contents.map((content) => Buffer.from(content)) } as const;
    const { results } = await peer.upload({ entries, body });
    assert.deepEqual(
      results,
      entries.map(() => ({ status: 'settled', applied: 'written' })),
    );
    assert.deepEqual(
      [...server.files].map(([key, content]) => [key, content?.toString()]),
      entries.map((entry, at) => [`static\0${entry.path}`, contents[at]]),
    );
    assert.deepEqual(
      server.requests.map(({ route }) => route),
      ['/hello', '/upload'],
    );
  });

  it('takes many files whose bytes are not joined before they are sent', async (t) => {
    const { peer, server } = await meet(t);
    const sizes = [10, 70_000, 20_000, 0, 50_000, 200_000, 65_536, 3];
    const contents = sizes.map((size, at) => String.fromCharCode(97 + at).repeat(size));
    const entries = contents.map((content, at) => file(`${at}.css`, content));
    const body = { kind: 'bytes', contents: contents.map((content) => Buffer.from(content)) } as const;
    const { results } = await peer.upload({ entries, body });
    assert.ok(results.every(({ status }) => status === 'settled'));
    assert.deepEqual(
      entries.map(({ path }) => server.files.get(`static\0${path}`)?.toString()),
      contents,
    );
    assert.ok(Number(server.requests[1]?.headers['content-length']) > 405_549);
  });

  it('takes a file that is read while it is sent', async (t) => {
    const { peer, server } = await meet(t);
    const content = ['x'.repeat(300_000), 'y'.repeat(300_000), 'end'];
    const entries = [file('big.bin', content.join(''))];
    const { results } = await peer.upload({
      entries,
      body: { kind: 'stream', read: () => parts(...content) },
    });
    assert.equal(results[0]?.status, 'settled');
    assert.equal(server.files.get('static\0big.bin')?.length, 600_003);
  });

  it('breaks off and says why when the file changes while it is sent', async (t) => {
    const { peer, server } = await meet(t);
    await peer.hello();
    const changed = new SyncError('CHANGED_MEANWHILE', 'It changed.');
    const upload = peer.upload({
      entries: [file('big.bin', 'x'.repeat(200_000))],
      body: { kind: 'stream', read: () => parts('x'.repeat(100_000), changed) },
    });
    await assert.rejects(upload, { code: 'CHANGED_MEANWHILE' });
    assert.equal(server.files.size, 0);
  });

  it('is offered files, and asks for the bytes it lacks', async (t) => {
    const { peer } = await meet(t);
    const { results } = await peer.offer([file('a.txt', 'a'), tombstone()]);
    assert.deepEqual(results, [{ status: 'want' }, { status: 'settled', applied: 'deleted' }]);
  });

  it('is told of deletions by DELETE', async (t) => {
    const { peer, server } = await meet(t);
    await peer.remove([tombstone()]);
    const { method, route } = server.requests.at(-1) ?? {};
    assert.deepEqual([method, route], ['DELETE', '/delete']);
  });

  it('gives its index and its files', async (t) => {
    const { peer } = await meet(t);
    const entry = file('ä b&c.txt', 'content');
    await peer.upload({ entries: [entry], body: { kind: 'bytes', contents: [Buffer.from('content')] } });
    assert.deepEqual((await peer.indexPage(0, 10)).entries, [entry]);
    const content = await peer.content(entry);
    assert.equal(content.size, 7);
    const bytes: Uint8Array[] = [];
    for await (const part of content.bytes) bytes.push(part);
    assert.equal(Buffer.concat(bytes).toString(), 'content');
    await assert.rejects(peer.content(fileKey('static', 'missing')), { code: 'NOT_FOUND' });
  });

  it('gives a file that is longer than any other answer may be', async (t) => {
    const { peer, server } = await meet(t);
    const large = Buffer.alloc(17 * 1024 * 1024, 'x');
    await peer.hello();
    server.misbehave('/content', answer(200, large.toString(), { 'content-length': String(large.length) }));
    const { size, bytes } = await peer.content(fileKey('static', 'film.mp4'));
    let length = 0;
    for await (const part of bytes) length += part.length;
    assert.deepEqual([size, length], [large.length, large.length]);
  });

  it('cannot keep this server busy with a failure that never ends', async (t) => {
    const { peer, server } = await meet(t);
    await peer.hello();
    server.misbehave('/content', (response) => {
      response.writeHead(404);
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(64 * 1024), more));
      more();
    });
    await assert.rejects(peer.content(fileKey('static', 'a.css')), { code: 'PEER_NONSENSE' });
  });

  it('cannot fill the memory of this server with an answer', async (t) => {
    const { peer, server } = await meet(t);
    server.misbehave('/hello', (response) => {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(1024 * 1024), more));
      more();
    });
    await assert.rejects(peer.hello(), SyncError);
  });

  it('is not believed when it does not know the secret', async (t) => {
    const { peer } = await meet(t, { secret: 'another secret of another fleet of servers' });
    await assert.rejects(peer.hello(), { code: 'SIGNATURE_INVALID' });
  });

  it('is not believed when an answer that looks right is not signed', async (t) => {
    const { peer, server } = await meet(t);
    await peer.hello();
    const results = [{ status: 'settled' }];
    const lie = JSON.stringify({ protocol: 1, node: 'bravo', indexId: server.indexId, results });
    server.misbehave('/offer', answer(200, lie));
    await assert.rejects(peer.offer([tombstone()]), { code: 'PEER_NONSENSE' });
  });

  it('is not followed to another address', async (t) => {
    const { peer, server } = await meet(t);
    const other = await startPeerServer({ name: 'bravo', secret });
    t.after(() => other.close());
    server.misbehave('/hello', answer(302, '', { location: `${other.url}/hello` }));
    await assert.rejects(peer.hello(), { code: 'PEER_NONSENSE' });
    assert.equal(other.requests.length, 0);
  });

  const cut: Misbehaviour = (response) => void response.destroy();
  const cutInTheMiddle: Misbehaviour = (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setImmediate(() => response.destroy());
  };
  const refusals: readonly { what: string; next: Misbehaviour[]; code: string; retryAfterMs?: number }[] = [
    {
      what: 'a page that is no answer of Lockstep',
      next: [answer(404, '<h1>No</h1>')],
      code: 'PEER_NONSENSE',
    },
    { what: 'a gateway that cannot reach it', next: [answer(502, 'bad gateway')], code: 'PEER_UNREACHABLE' },
    {
      what: 'a full disk',
      next: [answer(507, '{"code":"DISK_FULL","message":"full","details":{}}')],
      code: 'DISK_FULL',
    },
    {
      what: 'a request to wait',
      next: [answer(429, 'slow down', { 'retry-after': '7' })],
      code: 'TOO_MANY_REQUESTS',
      retryAfterMs: 7_000,
    },
    { what: 'a connection that is cut again and again', next: [cut, cut], code: 'PEER_UNREACHABLE' },
    { what: 'an answer that is cut', next: [cutInTheMiddle], code: 'PEER_UNREACHABLE' },
  ];
  for (const { what, next, code, retryAfterMs } of refusals) {
    it(`is reported as such: ${what}`, async (t) => {
      const { peer, server } = await meet(t);
      await peer.hello();
      server.misbehave('/offer', ...next);
      await assert.rejects(peer.offer([tombstone()]), (error: SyncError) => {
        assert.equal(error.code, code);
        assert.equal(error.details['retryAfterMs'], retryAfterMs);
        return true;
      });
    });
  }

  it('is given up when it does not answer in time', async (t) => {
    const { peer, server } = await meet(t, { timeoutMs: 100 });
    await peer.hello();
    server.misbehave('/offer', (_response, request) => void request.resume());
    await assert.rejects(peer.offer([tombstone()]), { code: 'PEER_TIMEOUT' });
  });

  it('is reported unreachable when nobody listens', async (t) => {
    const { peer, server } = await meet(t);
    await server.close();
    await assert.rejects(peer.hello(), { code: 'PEER_UNREACHABLE', message: /ECONNREFUSED/u });
  });

  it('gets a request again, newly signed, when the kept connection was closed under it', async (t) => {
    const { peer, server } = await meet(t);
    await peer.hello();
    server.misbehave('/offer', (response) => void response.socket?.resetAndDestroy());
    const { results } = await peer.offer([tombstone()]);
    assert.equal(results[0]?.status, 'settled');
    const nonces = server.requests.map(({ nonce }) => nonce);
    assert.equal(new Set(nonces).size, nonces.length);
  });

  it('never gets a streamed body twice', async (t) => {
    const { peer, server } = await meet(t);
    await peer.hello();
    server.misbehave('/upload', (response) => void response.socket?.resetAndDestroy());
    const upload = peer.upload({
      entries: [file('big.bin', 'content')],
      body: { kind: 'stream', read: () => parts('content') },
    });
    await assert.rejects(upload, { code: 'PEER_UNREACHABLE' });
    assert.equal(server.files.size, 0);
  });
});
