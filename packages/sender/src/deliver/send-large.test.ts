import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SyncError, type WireVerdict } from '@lockstep/core';
import { createFakePeer, type FakePeer } from '../testing/fake-peer.js';
import { createLoopBench, type LoopBench } from '../testing/loop-bench.js';

/** Four chunks of 20,000 bytes and a short one. */
const content = ['a', 'b', 'c', 'd', 'e']
  .map((letter) => letter.repeat(20_000))
  .join('')
  .slice(0, -1);

interface Seen {
  readonly request: 'offer' | 'upload';
  readonly withChunks: boolean;
  readonly sent?: readonly number[] | undefined;
  readonly bytes?: string;
}

/** A peer that answers its requests one after the other as told, and writes down what it was sent. */
function ledPeer(answers: (WireVerdict | SyncError)[]): { peer: FakePeer; seen: Seen[] } {
  const peer = createFakePeer();
  const seen: Seen[] = [];
  const answer = (): Awaited<ReturnType<FakePeer['offer']>> => {
    const next = answers.shift();
    if (next === undefined || next instanceof SyncError) throw next ?? new Error('Nothing more is expected.');
    return { protocol: 1, ...peer.identity, results: [next] };
  };
  peer.offer = async (_entries, chunks) => {
    seen.push({ request: 'offer', withChunks: chunks !== undefined });
    return await Promise.resolve(answer());
  };
  peer.upload = async ({ body, parts }) => {
    let bytes = '';
    if (body.kind === 'stream') for await (const part of body.read()) bytes += Buffer.from(part).toString();
    seen.push({ request: 'upload', withChunks: parts !== undefined, sent: parts?.sent, bytes });
    return answer();
  };
  return { peer, seen };
}

async function deliver(t: TestContext, peer: FakePeer): Promise<LoopBench> {
  const bench = createLoopBench({ peer });
  t.after(() => bench.close());
  bench.loop.start();
  await bench.pass(0);
  bench.put('video.bin', content);
  await bench.pass(0);
  return bench;
}

const settled: WireVerdict = { status: 'settled', applied: 'written' };
const refused = (code: 'CONTENT_MISSING' | 'DISK_FULL'): WireVerdict => ({
  status: 'refused',
  code,
  message: 'No.',
});
const whole: Seen = { request: 'upload', withChunks: false, sent: undefined, bytes: content };

describe('The delivery of a large file', () => {
  it('sends the whole to a peer that has nothing of it', async (t) => {
    const { peer, seen } = ledPeer([{ status: 'want' }, settled]);
    await deliver(t, peer);
    assert.deepEqual(seen, [{ request: 'offer', withChunks: false }, whole]);
  });

  it('offers its chunks to a peer that may have some, and sends those that are missing', async (t) => {
    const { peer, seen } = ledPeer([
      { status: 'want', parts: true },
      { status: 'want', chunks: [1, 2, 4] },
      settled,
    ]);
    const { told, loop } = await deliver(t, peer);
    const bytes = content.slice(20_000, 60_000) + content.slice(80_000);
    assert.deepEqual(seen, [
      { request: 'offer', withChunks: false },
      { request: 'offer', withChunks: true },
      { request: 'upload', withChunks: true, sent: [1, 2, 4], bytes },
    ]);
    assert.ok(told.includes('written video.bin at bravo'), told.join('\n'));
    assert.equal(loop.counters.bytes, 59_999);
  });

  it('sends no bytes at all when every chunk is there', async (t) => {
    const { peer, seen } = ledPeer([
      { status: 'want', parts: true },
      { status: 'want', chunks: [] },
      settled,
    ]);
    await deliver(t, peer);
    assert.deepEqual(seen[2], { request: 'upload', withChunks: true, sent: [], bytes: '' });
  });

  it('is done when the peer has it by the time the chunks are offered', async (t) => {
    const { peer, seen } = ledPeer([{ status: 'want', parts: true }, settled]);
    const { loop } = await deliver(t, peer);
    assert.equal(seen.length, 2);
    assert.equal(loop.delivery?.outbox.isEmpty, true);
  });

  it('sends the whole when none of its chunks are there', async (t) => {
    const { peer, seen } = ledPeer([{ status: 'want', parts: true }, { status: 'want' }, settled]);
    await deliver(t, peer);
    assert.deepEqual(seen[2], whole);
  });

  it('sends the whole when the parts did not come to it', async (t) => {
    const { peer, seen } = ledPeer([
      { status: 'want', parts: true },
      { status: 'want', chunks: [1] },
      refused('CONTENT_MISSING'),
      settled,
    ]);
    const { loop } = await deliver(t, peer);
    assert.deepEqual(seen[3], whole);
    assert.equal(loop.delivery?.outbox.isEmpty, true);
  });

  it('waits like any other file when the parts are refused for another reason', async (t) => {
    const { peer, seen } = ledPeer([
      { status: 'want', parts: true },
      { status: 'want', chunks: [1] },
      refused('DISK_FULL'),
    ]);
    const { index } = await deliver(t, peer);
    assert.equal(seen.length, 3);
    assert.equal(index.deferred.count('bravo'), 1);
  });

  it('offers its chunks when an upload was cut, to go on from there', async (t) => {
    const cut = new SyncError('PEER_UNREACHABLE', 'The connection was reset.');
    const { peer, seen } = ledPeer([{ status: 'want' }, cut, { status: 'want', chunks: [4] }, settled]);
    const { pass } = await deliver(t, peer);
    await pass(60_000);
    assert.deepEqual(seen.slice(2), [
      { request: 'offer', withChunks: true },
      { request: 'upload', withChunks: true, sent: [4], bytes: content.slice(80_000) },
    ]);
  });
});
