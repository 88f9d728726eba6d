import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SyncError, type Replica } from '@lockstep/core';
import { createFlusher, type Flusher } from './flush.js';
import { createFakePeer } from './testing/fake-peer.js';
import { createLoopBench, type LoopBench } from './testing/loop-bench.js';

interface Bench extends LoopBench {
  readonly flusher: Flusher;
  drained: number;
}

async function bench(t: TestContext): Promise<Bench> {
  const made: { flusher?: Flusher } = {};
  const loop = createLoopBench({ overrides: { onChange: () => made.flusher?.check() } });
  const state = { drained: 0 };
  const replica: Partial<Replica> = { index: loop.index };
  const flusher = createFlusher({
    replica: replica as Replica,
    clock: loop.clock,
    loops: [loop.loop],
    drain: () => {
      state.drained += 1;
      return Promise.resolve();
    },
  });
  made.flusher = flusher;
  t.after(() => {
    flusher.close();
    loop.close();
  });
  loop.loop.start();
  await loop.pass(0);
  return Object.assign(state, loop, { flusher });
}

describe('A flush', () => {
  it('resolves when the peers have everything that changed before', async (t) => {
    const { put, pass, peer, flusher } = await bench(t);
    peer.gate.close();
    put('page.html', 'hello');
    let done = false;
    const flushing = flusher.flush({}).then((result) => {
      done = true;
      return result;
    });
    await pass(100);
    assert.equal(done, false);
    peer.gate.open();
    await pass(0);
    assert.deepEqual((await flushing).peers, ['bravo']);
  });

  it('first observes what was hinted', async (t) => {
    const made = await bench(t);
    await made.flusher.flush({});
    assert.equal(made.drained, 1);
  });

  it('does not wait for what changes afterwards', async (t) => {
    const { put, pass, peer, flusher } = await bench(t);
    peer.verdict = ({ path }) =>
      path === 'after.html' ? { status: 'refused', code: 'PATH_BLOCKED', message: 'In the way.' } : undefined;
    peer.gate.close();
    put('before.html', 'before');
    const flushing = flusher.flush({});
    await pass(10);
    put('after.html', 'after');
    peer.gate.open();
    await pass(10);
    assert.deepEqual((await flushing).peers, ['bravo']);
  });

  it('does not wait for what other servers taught', async (t) => {
    const { put, flusher } = await bench(t);
    put('theirs.html', 'theirs', { from: 'charlie' });
    assert.deepEqual((await flusher.flush({})).peers, ['bravo']);
  });

  it('says after its timeout which peer lags and why', async (t) => {
    const { put, pass, peer, flusher } = await bench(t);
    peer.failure = { error: new SyncError('PEER_UNREACHABLE', 'Connection refused.'), alsoHello: true };
    put('page.html', 'hello');
    const refused = assert.rejects(flusher.flush({ timeoutMs: 2_000 }), {
      code: 'TIMED_OUT',
      message: /2000 ms.*bravo \(PEER_UNREACHABLE: Connection refused\.\)/u,
    });
    await pass(2_100);
    await refused;
  });

  it('counts a file that the peer refuses as missing there', async (t) => {
    const { put, pass, peer, flusher } = await bench(t);
    peer.verdict = () => ({ status: 'refused', code: 'PATH_BLOCKED', message: 'In the way.' });
    put('page.html', 'hello');
    const refused = assert.rejects(flusher.flush({ timeoutMs: 2_000 }), {
      message: /page\.html: PATH_BLOCKED/u,
    });
    await pass(2_100);
    await refused;
  });

  it('does not wait for a file that the peer refused long before', async (t) => {
    const { put, pass, peer, flusher } = await bench(t);
    peer.verdict = ({ path }) =>
      path === 'bad' ? { status: 'refused', code: 'PATH_BLOCKED', message: 'In the way.' } : undefined;
    put('bad', 'bad');
    await pass(10_000);
    put('good', 'good');
    await pass(0);
    assert.deepEqual((await flusher.flush({})).peers, ['bravo']);
  });

  it('needs a majority of all servers for a quorum, this one included', async (t) => {
    const { put, pass, peer, flusher } = await bench(t);
    peer.gate.close();
    put('page.html', 'hello');
    // One peer and this server: the majority of two is two.
    const refused = assert.rejects(flusher.flush({ peers: 'quorum', timeoutMs: 100 }), { code: 'TIMED_OUT' });
    assert.deepEqual((await flusher.flush({ peers: 0 })).peers, []);
    await pass(200);
    await refused;
  });

  it('refuses a number of peers that makes no sense', async (t) => {
    const { flusher } = await bench(t);
    await assert.rejects(flusher.flush({ peers: -1 }), { code: 'OPTION_INVALID', message: /-1/u });
    await assert.rejects(flusher.flush({ timeoutMs: 0 }), { code: 'OPTION_INVALID' });
  });

  it('is rejected when the sender is closed', async (t) => {
    const { put, peer, flusher } = await bench(t);
    peer.gate.close();
    put('page.html', 'hello');
    const flushing = flusher.flush({});
    await new Promise((resolve) => setImmediate(resolve));
    flusher.close();
    await assert.rejects(flushing, { code: 'CLOSED' });
  });

  it('resolves at once when there are no other servers', async (t) => {
    const { clock, index } = await bench(t);
    const replica: Partial<Replica> = { index };
    const drain = (): Promise<void> => Promise.resolve();
    const flusher = createFlusher({ replica: replica as Replica, clock, loops: [], drain });
    assert.deepEqual((await flusher.flush({})).peers, []);
  });

  it('does not wait for an address that leads to this server', async (t) => {
    const { index, clock } = await bench(t);
    const peer = createFakePeer('alpha');
    peer.identity = { node: 'alpha', indexId: index.indexId, liveDigest: '' };
    const self = createLoopBench({ peer, index });
    t.after(() => self.loop.close());
    self.loop.start();
    await self.pass(0);
    const replica: Partial<Replica> = { index };
    const drain = (): Promise<void> => Promise.resolve();
    const flusher = createFlusher({ replica: replica as Replica, clock, loops: [self.loop], drain });
    assert.deepEqual((await flusher.flush({})).peers, []);
  });
});
