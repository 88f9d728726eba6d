import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { plainLengthHeader, sha256, SyncError } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { systemClock } from '@lockstep/core/node';
import { createCarrier, type Carrier } from './carry-body.js';
import { createCompression, type Compression } from './compression.js';
import type { HttpBody } from './http-client.js';
import { createRateLimit } from './limit-rate.js';
import { createLinkMeter } from './link-meter.js';

/** Text that shrinks to a third or so. */
const text = (bytes: number): Buffer =>
  Buffer.from(
    Array.from(
      { length: Math.ceil(bytes / 20) },
      (_, at) => `<p>${sha256(String(at)).slice(0, 8)} item ${at}</p>\n`,
    ).join(''),
  ).subarray(0, bytes);

const bodyOf = (data: Buffer): HttpBody => ({ data, length: data.length, type: 'x/y', digest: sha256('') });
const streamOf = (pieces: readonly Buffer[]): HttpBody => ({
  ...bodyOf(Buffer.concat(pieces)),
  data: () => Readable.from(pieces, { objectMode: false }),
});

async function bytesOf({ data }: HttpBody): Promise<Buffer> {
  return Buffer.isBuffer(data) ? data : buffer(data());
}

const slowLink = 100_000;

function meet(linkBytesPerSecond: number | null = slowLink): { carrier: Carrier; compression: Compression } {
  const compression = createCompression({
    ...{ enabled: true, clock: systemClock, linkBytesPerSecond: () => linkBytesPerSecond },
  });
  compression.allow(['gzip']);
  const limit = createRateLimit(false, systemClock);
  return { compression, carrier: createCarrier({ limit, compression, link: createLinkMeter(systemClock) }) };
}

/** Carries a body and gives what the peer saw of it. */
async function carried(carrier: Carrier, body: HttpBody) {
  let seen:
    { coding: string | undefined; length: string | undefined; bytes: Buffer; whole: boolean } | undefined;
  await carrier.carry(body, async (out) => {
    const bytes = await bytesOf(out);
    const { 'content-encoding': coding, [plainLengthHeader]: length } = out.headers ?? {};
    seen = { coding, length, bytes, whole: out.wireLength === undefined || out.wireLength === bytes.length };
    return {};
  });
  return seen ?? assert.fail('nothing was sent');
}

describe('A body on its way to a peer over a slow link', () => {
  it('goes compressed and says how long it was, and the bytes that it saved are counted', async () => {
    const { carrier } = meet();
    const plain = text(500_000);
    const { coding, length, bytes, whole } = await carried(carrier, bodyOf(plain));
    assert.deepEqual([coding, length, whole], ['gzip', '500000', true]);
    assert.ok(gunzipSync(bytes).equals(plain));
    assert.deepEqual(carrier.bytes, { sent: bytes.length, saved: 500_000 - bytes.length });
    assert.ok(bytes.length < 200_000);
  });

  it('goes compressed while it is read', async () => {
    const { carrier } = meet();
    const pieces = [text(1000), text(300_000), text(1_000_000), Buffer.from('end')];
    const { coding, length, bytes } = await carried(carrier, streamOf(pieces));
    assert.deepEqual([coding, length], ['gzip', '1301003']);
    assert.ok(gunzipSync(bytes).equals(Buffer.concat(pieces)));
    assert.deepEqual(carrier.bytes, { sent: bytes.length, saved: 1_301_003 - bytes.length });
  });

  for (const [what, content] of [
    ['is compressed already', randomBytes(500_000)],
    ['shrinks so much that the peer would take it for a bomb', Buffer.alloc(500_000)],
    ['is so short that nothing is gained', text(20)],
    ['is empty', Buffer.alloc(0)],
  ] as const) {
    it(`goes as it is when it ${what}`, async () => {
      for (const body of [bodyOf(content), streamOf([content])]) {
        const { carrier } = meet();
        const { coding, bytes } = await carried(carrier, body);
        assert.equal(coding, undefined);
        assert.ok(bytes.equals(content));
        assert.equal(carrier.bytes.saved, 0);
      }
    });
  }

  it('goes as it is from then on when the peer refuses it compressed, this one at once', async () => {
    for (const body of [bodyOf(text(500_000)), streamOf([text(500_000)])]) {
      const { carrier, compression } = meet();
      const codings: unknown[] = [];
      await carrier.carry(body, async (out) => {
        const bytes = await bytesOf(out);
        const coding = out.headers?.['content-encoding'];
        codings.push(coding);
        if (coding !== undefined) throw new SyncError('ENCODING_REFUSED', 'Too dense.');
        assert.ok(bytes.equals(text(500_000)));
        return {};
      });
      assert.deepEqual(codings, ['gzip', undefined]);
      assert.equal(compression.reason, 'refused');
      assert.equal((await carried(carrier, body)).coding, undefined);
    }
  });

  it('breaks off with the reason when the file changes while it is read, before or after the sample', async () => {
    for (const before of [10, 1_000_000]) {
      const { carrier } = meet();
      const changed = new SyncError('CHANGED_MEANWHILE', 'It changed.');
      async function* pieces(): AsyncGenerator<Buffer> {
        yield await Promise.resolve(text(before));
        throw changed;
      }
      const data = (): Readable => Readable.from(pieces(), { objectMode: false });
      const carrying = carrier.carry({ ...bodyOf(text(2_000_000)), data }, async (out) => {
        await bytesOf(out);
        return {};
      });
      await assert.rejects(carrying, { code: 'CHANGED_MEANWHILE' });
    }
  });

  it('lets go of its file when the request fails before a byte of it was taken', async () => {
    const { carrier } = meet();
    let isOpen = false;
    async function* pieces(): AsyncGenerator<Buffer> {
      isOpen = true;
      try {
        for (;;) yield await Promise.resolve(text(100_000));
      } finally {
        isOpen = false;
      }
    }
    const data = (): Readable => Readable.from(pieces(), { objectMode: false });
    const failing = carrier.carry({ ...bodyOf(text(2_000_000)), data }, () => {
      assert.equal(isOpen, true);
      return Promise.reject(new SyncError('PEER_UNREACHABLE', 'Refused.'));
    });
    await assert.rejects(failing, { code: 'PEER_UNREACHABLE' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isOpen, false);
  });
});

describe('A body to a peer', () => {
  it('goes as it is over a link that is fast, or not known', async () => {
    for (const rate of [null, 50_000_000]) {
      const { carrier } = meet(rate);
      assert.equal((await carried(carrier, bodyOf(text(500_000)))).coding, undefined);
    }
  });
});

/** Sends bodies under a limit and notes when which bytes leave. */
function underLimit(bytesPerSecond: number) {
  const clock = createFakeClock();
  const compression = createCompression({ enabled: false, clock, linkBytesPerSecond: () => null });
  const limit = createRateLimit(bytesPerSecond, clock);
  const carrier = createCarrier({ limit, compression, link: createLinkMeter(clock) });
  const gone: { readonly name: string; readonly atMs: number; readonly bytes: number }[] = [];
  return {
    gone,
    carrier,
    async send(name: string, body: HttpBody): Promise<void> {
      await carrier.carry(body, async ({ data }) => {
        const pieces = Buffer.isBuffer(data) ? [data] : (data() as AsyncIterable<Buffer>);
        for await (const piece of pieces) gone.push({ name, atMs: clock.now(), bytes: piece.length });
        return {};
      });
    },
    async until(done: Promise<unknown>): Promise<void> {
      let isDone = false;
      void done.then(() => (isDone = true));
      for (let step = 0; !isDone && step < 100_000; step += 1) await clock.advanceAsync(10);
      assert.ok(isDone, 'it is all sent');
    },
  };
}

describe('A rate limit', () => {
  const rate = 100_000;

  it('holds over everything that goes to the peer, over any time, and lets it flow evenly', async () => {
    const link = underLimit(rate);
    const big = text(600_000);
    await link.until(
      Promise.all([
        link.send('file', streamOf([big.subarray(0, 300_000), big.subarray(300_000)])),
        link.send('batch', bodyOf(text(300_000))),
        link.send('offer', bodyOf(text(2_000))),
      ]),
    );
    const first = link.gone[0]?.atMs ?? 0;
    const last = link.gone.at(-1)?.atMs ?? 0;
    assert.equal(
      link.gone.reduce((sum, { bytes }) => sum + bytes, 0),
      902_000,
    );
    assert.ok(last - first >= 8_000, `902 kB went in ${last - first} ms`);
    assert.ok(last - first <= 9_500, `902 kB took ${last - first} ms`);
    for (const [at, { atMs: from }] of link.gone.entries()) {
      let sum = 0;
      for (const { atMs, bytes } of link.gone.slice(at)) {
        sum += bytes;
        const most = rate * (1 + (atMs - from) / 1000) + 3 * 5_000;
        assert.ok(sum <= most, `${sum} bytes in ${atMs - from} ms`);
      }
    }
    const times = link.gone.map(({ atMs }) => atMs);
    const longestRest = Math.max(...times.slice(1).map((time, at) => time - (times[at] ?? 0)));
    assert.ok(longestRest <= 150, `nothing went for ${longestRest} ms`);
  });

  it('lets a small change pass a large file that is under way', async () => {
    const link = underLimit(rate);
    const sending = link.send('file', streamOf([text(1_000_000)]));
    await link.until(new Promise<void>((resolve) => setImmediate(resolve)));
    while (link.gone.reduce((sum, { bytes }) => sum + bytes, 0) < 300_000)
      await link.until(Promise.resolve());
    const before = link.gone.at(-1)?.atMs ?? 0;
    const small = link.send('change', bodyOf(text(4_000)));
    await link.until(small);
    const after = link.gone.find(({ name }) => name === 'change')?.atMs ?? Infinity;
    assert.ok(after - before <= 500, `the change waited ${after - before} ms`);
    await link.until(sending);
  });
});
