import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SyncError, type ErrorCode } from '@lockstep/core';
import { fileKey } from '@lockstep/core/testing';
import { createFakePeer } from '../testing/fake-peer.js';
import { createLoopBench, type LoopBench, type LoopBenchOptions } from '../testing/loop-bench.js';

function bench(t: TestContext, options: LoopBenchOptions = {}): LoopBench {
  const made = createLoopBench(options);
  t.after(() => made.close());
  return made;
}

async function met(t: TestContext, options: LoopBenchOptions = {}): Promise<LoopBench> {
  const made = bench(t, options);
  made.loop.start();
  await made.pass(0);
  return made;
}

const failure = (code: ErrorCode, details = {}): SyncError => new SyncError(code, 'It failed.', { details });

describe('A delivery loop', () => {
  it('sends a small change at once, with its bytes', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    put('page.html', 'hello');
    await pass(0);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['page.html'] }]);
    assert.equal(peer.files.get('static\0page.html'), 'hello');
    assert.deepEqual(loop.delivery?.outbox.lag(), { changes: 0, oldestMs: null });
  });

  it('first offers what a new peer may have already, and sends what it asks for', async (t) => {
    const { put, pass, peer, loop } = bench(t);
    put('a.html', 'a', { quietly: true });
    put('b.html', 'b', { quietly: true });
    loop.start();
    await pass(0);
    assert.deepEqual(peer.deliveries(), [
      { kind: 'offer', paths: ['a.html', 'b.html'] },
      { kind: 'upload', paths: ['a.html', 'b.html'] },
    ]);
  });

  it('offers nothing to a new peer with the same files, and its cursor is at the end', async (t) => {
    const { index, put, pass, peer, loop, cursor } = bench(t);
    put('a.html', 'a', { quietly: true });
    put('b.html', 'b', { quietly: true });
    peer.identity = { ...peer.identity, liveDigest: index.liveDigest(), lastSequence: 2, fresh: false };
    loop.start();
    await pass(1_000);
    assert.deepEqual(peer.deliveries(), []);
    assert.deepEqual([cursor(), loop.counters.known], [2, 2]);
    put('a.html', 'changed');
    await pass(1_000);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['a.html'] }]);
  });

  it('only offers a new peer what it lacks, and deletions', async (t) => {
    const { index, put, remove, pass, peer, loop, cursor } = bench(t);
    index.markSettled();
    const there = put('a.html', 'a', { quietly: true });
    put('b.html', 'b', { quietly: true });
    remove('c.html');
    peer.identity = { ...peer.identity, lastSequence: 9, fresh: false };
    peer.entries = [there];
    loop.start();
    await pass(1_000);
    assert.deepEqual(
      peer.deliveries().flatMap(({ paths }) => paths),
      ['b.html', 'b.html', 'c.html'],
    );
    assert.deepEqual([cursor(), loop.counters.known], [3, 1]);
  });

  it('asks a new peer about what others taught before, too', async (t) => {
    const { index, put, pass, peer, loop, cursor } = bench(t);
    index.markSettled();
    const there = put('a.html', 'a', { from: 'charlie', quietly: true });
    put('b.html', 'b', { from: 'charlie', quietly: true });
    peer.identity = { ...peer.identity, lastSequence: 9, fresh: false };
    peer.entries = [there];
    loop.start();
    await pass(3_000);
    assert.deepEqual(peer.deliveries()[0], { kind: 'offer', paths: ['b.html'] });
    assert.deepEqual([cursor(), loop.counters.known], [2, 1]);
  });

  it('does not let what it asks a new peer about delay a change', async (t) => {
    const { index, put, pass, peer, loop } = bench(t);
    index.markSettled();
    put('old.html', 'old', { quietly: true });
    peer.identity = { ...peer.identity, lastSequence: 9, fresh: true };
    loop.start();
    await pass(0);
    put('new.html', 'new');
    await pass(0);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['new.html'] }]);
    assert.equal(loop.delivery?.outbox.lag().changes, 1);
    await pass(6_000);
    assert.equal(peer.files.get('static\0old.html'), 'old');
    assert.equal(loop.delivery.outbox.lag().changes, 0);
  });

  it('offers a large file first, and then sends it by itself', async (t) => {
    const { put, pass, peer } = await met(t);
    put('big.bin', 'x'.repeat(2_000), { quietly: true });
    put('small.txt', 'small');
    await pass(0);
    assert.deepEqual(
      peer.deliveries().filter(({ paths }) => paths.includes('big.bin')),
      [
        { kind: 'offer', paths: ['big.bin'] },
        { kind: 'stream', paths: ['big.bin'] },
      ],
    );
    assert.equal(peer.files.get('static\0small.txt'), 'small');
    assert.equal(peer.files.get('static\0big.bin')?.length, 2_000);
  });

  it('does not send back what the peer taught', async (t) => {
    const { put, pass, peer, cursor } = await met(t);
    put('page.html', 'theirs', { from: 'bravo' });
    put('mine.html', 'mine');
    await pass(3_000);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['mine.html'] }]);
    assert.equal(cursor(), 2);
  });

  it('only offers what a third server taught, after two seconds', async (t) => {
    const { put, pass, peer } = await met(t);
    put('page.html', 'from charlie', { from: 'charlie' });
    await pass(1_900);
    assert.deepEqual(peer.deliveries(), []);
    await pass(200);
    assert.deepEqual(peer.deliveries()[0], { kind: 'offer', paths: ['page.html'] });
  });

  it('does not let relayed changes delay its own', async (t) => {
    const { put, pass, peer } = await met(t);
    put('theirs.html', 'from charlie', { from: 'charlie' });
    put('mine.html', 'mine');
    await pass(0);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['mine.html'] }]);
  });

  it('sends many files in few requests, four at a time', async (t) => {
    const { put, pass, peer, cursor } = await met(t);
    peer.gate.close();
    for (let at = 0; at < 1_300; at += 1) put(`f${at}`, `${at}`, { quietly: true });
    put('last', 'last');
    await pass(0);
    assert.equal(peer.waiting, 4);
    peer.gate.open();
    await pass(500);
    assert.equal(peer.files.size, 1_301);
    assert.ok(peer.deliveries().length <= 8, `${peer.deliveries().length} requests`);
    assert.ok(peer.deliveries().every(({ paths }) => paths.length <= 250));
    assert.equal(cursor(), 1_301);
  });

  it('plans one large request in a turn of the event loop, and a second one in the next', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    await pass(0);
    peer.gate.close();
    for (let at = 0; at < 600; at += 1) put(`f${at}`, `${at}`, { quietly: true });
    loop.wake();
    await Promise.resolve();
    assert.equal(loop.delivery?.flights.size, 1);
    await pass(0);
    assert.equal(loop.delivery.flights.size, 3);
    peer.gate.open();
  });

  it('limits the bytes of one request', async (t) => {
    const { put, pass, peer } = await met(t, {
      overrides: { limits: { offered: 100, files: 100, bytes: 1_000, smallBytes: 1_000, peers: 1 } },
    });
    for (let at = 0; at < 5; at += 1) put(`f${at}`, String(at).repeat(400), { quietly: true });
    put('last', 'x');
    await pass(0);
    assert.deepEqual(
      peer.deliveries().map(({ paths }) => paths.length),
      [2, 2, 2],
    );
  });

  it('has few bytes under way until the link is known', async (t) => {
    const link = { firstBytes: 1_000, status: () => assert.fail('not asked') };
    const { put, pass, peer } = await met(t, { peer: Object.assign(createFakePeer(), { link }) });
    peer.gate.close();
    for (const at of 'abcdefgh') put(at, at.repeat(400), { quietly: true });
    put('last', 'x');
    await pass(0);
    const sent = (): number[] => peer.deliveries().map(({ paths }) => paths.length);
    assert.deepEqual(sent(), [2, 2]);
    link.firstBytes = Infinity;
    peer.gate.open();
    await pass(0);
    assert.deepEqual(sent(), [2, 2, 5]);
  });

  it('delivers assets before pages, and deletions last', async (t) => {
    const { put, remove, pass, peer } = await met(t);
    put('gone.css', 'gone');
    await pass(600);
    peer.requests.length = 0;
    const quietly = true;
    put('page.ejs', 'page', { folder: 'templates', quietly });
    put('data.json', 'data', { folder: 'instance', quietly });
    put('style.css', 'style', { quietly });
    remove('gone.css');
    await pass(0);
    const order = peer.deliveries().flatMap(({ paths }) => paths);
    const firsts = [...new Set(order)];
    assert.deepEqual(firsts, ['style.css', 'data.json', 'page.ejs', 'gone.css']);
  });

  it('keeps pages waiting while their assets are on the way, but not for long', async (t) => {
    const { put, pass, peer } = await met(t);
    peer.gate.close();
    put('style.css', 'style');
    await pass(10);
    put('page.ejs', 'page', { folder: 'templates' });
    await pass(900);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['style.css'] }]);
    await pass(200);
    put('other.ejs', 'other', { folder: 'templates' });
    await pass(0);
    assert.deepEqual(peer.deliveries().at(-1), { kind: 'upload', paths: ['page.ejs', 'other.ejs'] });
    peer.gate.open();
    await pass(0);
  });

  it('moves a file without its bytes, the new name before the old one goes', async (t) => {
    const { put, remove, pass, peer } = await met(t);
    put('old.css', 'content');
    await pass(600);
    peer.requests.length = 0;
    put('new.css', 'content', { quietly: true });
    remove('old.css');
    await pass(0);
    assert.deepEqual(peer.deliveries(), [
      { kind: 'offer', paths: ['new.css'] },
      { kind: 'remove', paths: ['old.css'] },
    ]);
    assert.equal(peer.files.get('static\0new.css'), 'content');
  });

  it('sends both halves of a rename in one request', async (t) => {
    const { put, remove, pass, peer, loop } = await met(t);
    put('old.css', 'content');
    put('other.css', 'other');
    await pass(600);
    peer.requests.length = 0;
    const renamed = put('new.css', 'content', { quietly: true });
    loop.delivery?.outbox.renamed.add([renamed, { ...renamed, path: fileKey('static', 'old.css').path }]);
    remove('old.css');
    remove('other.css');
    await pass(0);
    assert.deepEqual(peer.deliveries(), [
      { kind: 'offer', paths: ['new.css', 'old.css'] },
      { kind: 'remove', paths: ['other.css'] },
    ]);
  });

  it('copies a file without its bytes', async (t) => {
    const { put, pass, peer } = await met(t);
    put('one.css', 'content');
    await pass(600);
    put('two.css', 'content');
    await pass(0);
    assert.deepEqual(peer.deliveries().at(-1), { kind: 'offer', paths: ['two.css'] });
  });

  it('never has one path twice on its way', async (t) => {
    const { put, pass, peer } = await met(t);
    peer.gate.close();
    put('page.html', 'one');
    await pass(0);
    put('page.html', 'two');
    await pass(0);
    assert.equal(peer.waiting, 1);
    peer.gate.open();
    await pass(0);
    assert.equal(peer.files.get('static\0page.html'), 'two');
  });

  it('sends only the last of several versions that waited', async (t) => {
    const { put, pass, peer } = await met(t);
    for (const content of ['one', 'two', 'three']) put('page.html', content, { quietly: true });
    put('page.html', 'four');
    await pass(0);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['page.html'] }]);
    assert.equal(peer.files.get('static\0page.html'), 'four');
  });

  it('sends nothing while it is paused, and everything afterwards', async (t) => {
    let paused = true;
    const { put, pass, peer, loop } = await met(t, { overrides: { isPaused: () => paused } });
    put('page.html', 'hello');
    await pass(5_000);
    assert.deepEqual(peer.deliveries(), []);
    paused = false;
    loop.wake();
    await pass(0);
    assert.equal(peer.files.get('static\0page.html'), 'hello');
  });

  it('goes on where it was after a restart', async (t) => {
    const first = await met(t);
    first.put('a.html', 'a');
    await first.pass(500);
    first.close();
    const peer = createFakePeer();
    const second = await met(t, { index: first.index.crash(), peer });
    second.put('b.html', 'b');
    await second.pass(0);
    assert.deepEqual(peer.deliveries(), [{ kind: 'upload', paths: ['b.html'] }]);
  });
});

describe('A file that the peer cannot take', () => {
  const refuse = (path: string) => (entry: { path: string }) =>
    entry.path === path
      ? ({ status: 'refused', code: 'PATH_BLOCKED', message: 'In the way.' } as const)
      : undefined;

  it('waits by itself while the others go on', async (t) => {
    const { put, pass, peer, index, told, cursor } = await met(t);
    peer.verdict = refuse('bad');
    put('bad', 'bad', { quietly: true });
    put('good', 'good');
    await pass(300);
    assert.equal(peer.files.get('static\0good'), 'good');
    const [row] = index.deferred.list('bravo');
    assert.equal(row?.code, 'PATH_BLOCKED');
    assert.ok(told.includes('failed bad at bravo: PATH_BLOCKED'));
    assert.equal(cursor(), 2);
  });

  it('is tried again, each time later, until it is taken', async (t) => {
    const { put, pass, peer, index } = await met(t);
    peer.verdict = refuse('bad');
    put('bad', 'bad');
    await pass(20_000);
    const [row] = index.deferred.list('bravo');
    assert.ok((row?.attempts ?? 0) >= 4, `${row?.attempts ?? 0} attempts`);
    assert.ok(peer.deliveries().length < 40, `${peer.deliveries().length} requests`);
    peer.verdict = () => undefined;
    await pass(120_000);
    assert.equal(peer.files.get('static\0bad'), 'bad');
    assert.equal(index.deferred.count('bravo'), 0);
  });

  it('is tried at once when a person asks for it', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    peer.verdict = refuse('bad');
    put('bad', 'bad');
    await pass(60_000);
    peer.verdict = () => undefined;
    loop.retryNow();
    await pass(0);
    assert.equal(peer.files.get('static\0bad'), 'bad');
  });

  it('is replaced by its next version', async (t) => {
    const { put, pass, peer, index } = await met(t);
    peer.verdict = refuse('bad');
    put('bad', 'old');
    await pass(1_000);
    peer.verdict = () => undefined;
    put('bad', 'new');
    await pass(0);
    assert.equal(peer.files.get('static\0bad'), 'new');
    assert.equal(index.deferred.count('bravo'), 0);
  });

  it('is still waiting after a restart', async (t) => {
    const first = await met(t);
    first.peer.verdict = refuse('bad');
    first.put('bad', 'bad');
    await first.pass(300);
    first.close();
    const second = createLoopBench({ index: first.index.crash() });
    t.after(() => second.close());
    assert.equal(second.index.deferred.count('bravo'), 1);
  });

  it('waits as well when its deletion is held', async (t) => {
    const { put, remove, pass, peer, index } = await met(t);
    put('a', 'a');
    await pass(500);
    peer.verdict = (entry) => (entry.state === 'deleted' ? { status: 'held' } : undefined);
    remove('a');
    await pass(0);
    assert.equal(index.deferred.list('bravo')[0]?.code, 'DELETION_HELD');
  });

  it('is read again when it changed before it was sent', async (t) => {
    const { put, pass, change, index, peer } = await met(t);
    put('page.html', 'one', { quietly: true });
    change('page.html');
    put('other.html', 'other');
    await pass(0);
    assert.equal(index.deferred.list('bravo')[0]?.code, 'CHANGED_MEANWHILE');
    assert.equal(peer.files.get('static\0other.html'), 'other');
  });

  it('is found out among the files of a request that is refused as a whole', async (t) => {
    const { put, pass, peer, index, loop } = await met(t);
    const upload = peer.upload.bind(peer);
    peer.upload = async (upload_) => {
      if (upload_.entries.some(({ path }) => path === 'f7')) throw failure('REQUEST_MALFORMED');
      return await upload(upload_);
    };
    for (let at = 0; at < 20; at += 1) put(`f${at}`, `${at}`, { quietly: true });
    put('last', 'last');
    await pass(100);
    assert.equal(peer.files.size, 20);
    assert.deepEqual(
      index.deferred.list('bravo').map(({ path }) => path),
      ['f7'],
    );
    assert.equal(loop.state, 'up');
  });
});

describe('A peer that is lost', () => {
  const lost = { error: failure('PEER_UNREACHABLE'), alsoHello: true };

  it('loses nothing, and gets everything when it is back', async (t) => {
    const { put, pass, peer, loop, told } = await met(t);
    peer.failure = lost;
    for (let at = 0; at < 500; at += 1) put(`f${at}`, `${at}`);
    await pass(30_000);
    assert.equal(loop.state, 'unreachable');
    assert.equal(loop.problem?.code, 'PEER_UNREACHABLE');
    assert.equal(loop.delivery?.outbox.lag().changes, 500);
    peer.failure = null;
    await pass(600);
    assert.equal(peer.files.size, 500);
    assert.equal(loop.state, 'up');
    assert.deepEqual(
      told.filter((line) => /^(up|down) /u.test(line)),
      ['up bravo', 'down bravo: PEER_UNREACHABLE', 'up bravo'],
    );
  });

  it('is asked once per probe, the more seldom the longer it is away', async (t) => {
    const { put, pass, peer } = await met(t);
    peer.failure = lost;
    put('page.html', 'hello');
    await pass(60_000);
    const firstMinute = peer.requests.length;
    assert.ok(firstMinute > 100 && firstMinute < 600, `${firstMinute} requests in the first minute`);
    await pass(3_600_000);
    assert.ok(
      peer.requests.length - firstMinute < 900,
      `${peer.requests.length - firstMinute} in the next hour`,
    );
    assert.equal(peer.deliveries().length, 1);
  });

  it('is asked at once when something came from it', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    peer.failure = lost;
    put('page.html', 'hello');
    await pass(1_200_000);
    peer.failure = null;
    loop.heard();
    await pass(0);
    assert.equal(peer.files.get('static\0page.html'), 'hello');
  });

  it('is found soon after it listens when it was heard of a moment before', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    peer.failure = lost;
    put('page.html', 'hello');
    await pass(1_200_000);
    loop.heard();
    await pass(30);
    peer.failure = null;
    await pass(100);
    assert.equal(peer.files.get('static\0page.html'), 'hello');
  });

  it('is left alone for as long as it asks to wait', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    peer.failure = { error: failure('TOO_MANY_REQUESTS', { retryAfterMs: 10_000 }), alsoHello: false };
    put('page.html', 'hello');
    await pass(0);
    peer.failure = null;
    await pass(9_900);
    assert.equal(peer.deliveries().length, 1);
    assert.equal(loop.state, 'up');
    await pass(1_000);
    assert.equal(peer.files.get('static\0page.html'), 'hello');
  });

  it('gets one request by way of trial while its disk is full', async (t) => {
    const { put, pass, peer, loop, told } = await met(t);
    peer.failure = { error: failure('DISK_FULL'), alsoHello: false };
    for (let at = 0; at < 1_000; at += 1) put(`f${at}`, `${at}`, { quietly: true });
    put('last', 'last');
    await pass(5_000);
    assert.equal(loop.state, 'unreachable');
    assert.equal(loop.problem?.code, 'DISK_FULL');
    const hellos = peer.requests.length - peer.deliveries().length;
    assert.ok(
      peer.deliveries().length <= hellos + 4,
      `${peer.deliveries().length} deliveries, ${hellos} hellos`,
    );
    assert.deepEqual(
      told.filter((line) => line.startsWith('down')),
      ['down bravo: DISK_FULL'],
    );
    peer.failure = null;
    await pass(2_000);
    assert.equal(peer.files.size, 1_001);
    assert.equal(loop.state, 'up');
  });

  it('is noticed while there is nothing to send', async (t) => {
    const { pass, peer, loop } = await met(t);
    peer.failure = lost;
    await pass(16_000);
    assert.equal(loop.state, 'unreachable');
  });

  it('is offered everything again when it comes back with another index', async (t) => {
    const { put, pass, peer } = await met(t);
    put('a.html', 'a');
    await pass(500);
    peer.identity = { ...peer.identity, indexId: 'another index' };
    peer.files.clear();
    put('b.html', 'b');
    await pass(1_000);
    assert.ok(peer.deliveries().some(({ kind, paths }) => kind === 'offer' && paths.includes('a.html')));
    assert.deepEqual([...peer.files.keys()].sort(), ['static\0a.html', 'static\0b.html']);
  });
});

describe('An address of the list', () => {
  it('that leads to this server itself is left alone', async (t) => {
    const made = bench(t);
    made.peer.identity = { node: 'alpha', indexId: made.index.indexId, liveDigest: '' };
    made.loop.start();
    made.put('page.html', 'hello');
    await made.pass(60_000);
    assert.equal(made.loop.state, 'self');
    assert.deepEqual(
      made.peer.requests.map(({ kind }) => kind),
      ['hello'],
    );
  });

  it('that leads to another server of the same name is named as a mistake', async (t) => {
    const made = bench(t, { peer: createFakePeer('alpha') });
    made.loop.start();
    await made.pass(0);
    assert.equal(made.loop.problem?.code, 'PEER_NAME_TAKEN');
  });

  it('that leads to a server which another address leads to already is named as a mistake', async (t) => {
    const made = await met(t, { overrides: { claim: () => false } });
    assert.equal(made.loop.problem?.code, 'PEER_NAME_TAKEN');
    assert.equal(made.loop.delivery, undefined);
  });
});

describe('Files that anti-entropy asks for', () => {
  it('are offered again although they were acknowledged', async (t) => {
    const { put, pass, peer, loop } = await met(t);
    put('page.html', 'hello');
    await pass(500);
    peer.files.clear();
    loop.offerAgain([fileKey('static', 'page.html'), fileKey('static', 'unknown.html')]);
    await pass(0);
    assert.deepEqual(peer.deliveries().at(-1), { kind: 'offer', paths: ['page.html'] });
    assert.equal(peer.files.get('static\0page.html'), 'hello');
  });
});
