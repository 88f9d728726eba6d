import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { sha256, type OpenContent, type Replica } from '@lockstep/core';
import { liveEntry } from '@lockstep/core/testing';
import { systemClock } from '@lockstep/core/node';
import { createCarrier, type Carrier } from './carry-body.js';
import { createCompression } from './compression.js';
import type { HttpBody } from './http-client.js';
import { createRateLimit } from './limit-rate.js';
import { createLinkMeter } from './link-meter.js';
import { createPartRing } from './part-ring.js';
import { streamStretches } from './read-bodies.js';

/** Text that shrinks to a third or so, and is nowhere the same. */
const content = Buffer.from(
  Array.from(
    { length: 300_000 },
    (_, at) => `${createHash('md5').update(String(at)).digest('hex').slice(0, 10)} item\n`,
  ).join(''),
);

/** A file whose parts are put where the reader says, as the thread on the disk does. */
function openContent(): Promise<OpenContent> {
  return Promise.resolve({
    size: content.length,
    async read(position, length, into) {
      await new Promise((resolve) => setImmediate(resolve));
      const part = content.subarray(position, position + length);
      assert.ok(into, 'no memory was given');
      const view = new Uint8Array(into, 0, part.length);
      view.set(part);
      return view;
    },
    close: () => Promise.resolve({ changed: false }),
  });
}

function carrierOf(linkBytesPerSecond: number, bytesPerSecond: number | false): Carrier {
  const compression = createCompression({
    ...{ enabled: true, clock: systemClock, linkBytesPerSecond: () => linkBytesPerSecond },
  });
  compression.allow(['gzip']);
  const limit = createRateLimit(bytesPerSecond, systemClock);
  return createCarrier({ limit, compression, link: createLinkMeter(systemClock) });
}

/** What a peer gets that reads a little now and then. */
async function readSlowly(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    pieces.push(piece);
    if (pieces.length % 20 === 0) await pause(2);
  }
  return Buffer.concat(pieces);
}

async function sendThrough(
  t: TestContext,
  carrier: Carrier,
): Promise<{ coding: string | undefined; bytes: Buffer }> {
  const replica = { openContent } as unknown as Replica;
  const entry = liveEntry(content.toString());
  const upload = streamStretches(replica, entry, [
    { position: 0, length: 1_000_000 },
    { position: 1_000_000, length: content.length - 1_000_000 },
  ]);
  assert.ok(upload.kind === 'stream');
  const body: HttpBody = {
    ...{ length: content.length, type: 'x/y', digest: sha256('') },
    data: () => Readable.from(upload.read(), { objectMode: false }),
  };
  let seen: { coding: string | undefined; bytes: Buffer } | undefined;
  const server = createServer((incoming, answer) => {
    void readSlowly(incoming).then((bytes) => {
      seen = { coding: incoming.headers['content-encoding'], bytes };
      answer.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await carrier.carry(body, async (out) => {
    const sending = request({ port, host: '127.0.0.1', method: 'POST', headers: { ...out.headers } });
    const answered = new Promise<void>((resolve, reject) => {
      sending.once('response', (response) => resolve(void response.resume())).once('error', reject);
    });
    assert.ok(typeof out.data === 'function');
    out.data().pipe(sending);
    await answered;
    return {};
  });
  return seen ?? assert.fail('nothing came');
}

describe('The memory of a large body', () => {
  it('is used again for every fifth part', () => {
    const ring = createPartRing(10);
    const memory = Array.from({ length: 11 }, () => ring.next());
    assert.equal(new Set(memory).size, 5);
    assert.ok(memory[0] === memory[5] && memory[5] === memory[10] && memory[1] === memory[6]);
  });

  it('is no more than its longest stretch needs', async () => {
    const given: number[] = [];
    const replica = {
      openContent: async () => ({
        ...(await openContent()),
        read: (_position: number, length: number, into?: SharedArrayBuffer) => {
          assert.ok(into);
          given.push(into.byteLength);
          return Promise.resolve(new Uint8Array(into, 0, length));
        },
      }),
    } as unknown as Replica;
    const stretches = [
      { position: 0, length: 3_000 },
      { position: 9_000, length: 70_000 },
    ];
    const body = streamStretches(replica, liveEntry(content.toString()), stretches);
    assert.ok(body.kind === 'stream');
    const lengths: number[] = [];
    for await (const part of body.read()) lengths.push(part.length);
    assert.deepEqual(
      [lengths, given],
      [
        [3_000, 70_000],
        [70_000, 70_000],
      ],
    );
  });

  const ways = [
    ['as it is', 1e9, false, undefined],
    ['under a rate limit', 1e9, 50e6, undefined],
    ['compressed', 1e6, false, 'gzip'],
    ['compressed under a rate limit', 1e6, 50e6, 'gzip'],
  ] as const;
  for (const [what, link, limit, coding] of ways) {
    it(`holds every part until a slow peer has it, when the body goes ${what}`, async (t) => {
      const came = await sendThrough(t, carrierOf(link, limit));
      assert.equal(came.coding, coding);
      const plain = coding === undefined ? came.bytes : gunzipSync(came.bytes);
      assert.equal(sha256(plain), sha256(content));
    });
  }
});
