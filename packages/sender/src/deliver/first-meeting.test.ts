import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { protocolVersion, type Hello } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { createFirstMeeting } from './first-meeting.js';
import type { Item } from './item.js';

type Said = Partial<Pick<Hello, 'fresh' | 'lastSequence' | 'liveDigest' | 'indexId'>>;

const helloOf = (said: Said): Hello => {
  const others = { release: '0', folders: [], maxFileBytes: 1, nowMs: 0, node: 'bravo', indexId: 'i' };
  return { protocol: protocolVersion, ...others, lastSequence: 9, liveDigest: 'theirs', ...said };
};

/** A peer that the test leads, and five rows that it may have. */
function meet(greeting?: Said) {
  const clock = createFakeClock();
  const peer = { said: {} as Said, looks: 0, fails: false, has: [] as number[], pages: 0, hides: false };
  const index = { isFresh: false, last: 5, digest: 'ours' };
  const woken = { times: 0 };
  const meeting = createFirstMeeting({
    clock,
    index: {
      get isFresh() {
        return index.isFresh;
      },
      lastSequence: () => index.last,
      liveDigest: () => index.digest,
    },
    indexId: 'i',
    ...(greeting && { greeting: helloOf(greeting) }),
    hello() {
      peer.looks += 1;
      return peer.fails ? Promise.reject(new Error('refused')) : Promise.resolve(helloOf(peer.said));
    },
    findKnown() {
      peer.pages += 1;
      return peer.hides ? Promise.reject(new Error('no')) : Promise.resolve(new Set(peer.has));
    },
    wake: () => void (woken.times += 1),
  });
  const push = (...sequences: number[]): void =>
    sequences.forEach((sequence) => meeting.push({ sequence } as Item));
  const take = (): { offered: number[]; known: number[] } => {
    const { offered, known } = meeting.take();
    return { offered: offered.map((item) => item.sequence), known: known.map((item) => item.sequence) };
  };
  /** Takes, and lets what was asked be answered. Then time passes. */
  const look = async (restMs = 0): Promise<{ offered: number[]; known: number[] }> => {
    const { offered, known } = take();
    await clock.advanceAsync(0);
    const later = take();
    await clock.advanceAsync(restMs);
    return { offered: [...offered, ...later.offered], known: [...known, ...later.known] };
  };
  return { clock, peer, index, woken, meeting, push, take, look };
}

const all = [1, 2, 3, 4, 5];
const none = { offered: [], known: [] };

describe('Old rows, when a peer is met', () => {
  it('are known when the digests are equal: one look stands for all, and for those that are read later', async () => {
    const { peer, woken, push, look, take } = meet();
    peer.said = { liveDigest: 'ours' };
    push(1, 2, 3);
    assert.deepEqual(await look(), { offered: [], known: [1, 2, 3] });
    push(4, 5);
    assert.deepEqual(take(), { offered: [], known: [4, 5] });
    assert.deepEqual([peer.looks, peer.pages, woken.times], [1, 0, 1]);
  });

  it('wait in memory to the number of 2,000; the answer about them stands for the others too', async () => {
    const { peer, index, meeting, push, look, take } = meet();
    const rows = Array.from({ length: 2_001 }, (_, at) => at + 1);
    Object.assign(index, { last: rows.length });
    peer.said = { liveDigest: 'ours' };
    push(...rows.slice(0, 1_999));
    assert.equal(meeting.isFull, false);
    push(2_000);
    assert.equal(meeting.isFull, true);
    assert.equal((await look()).known.length, 2_000);
    assert.equal(meeting.isFull, false);
    push(2_001);
    assert.deepEqual(take(), { offered: [], known: [2_001] });
    assert.equal(peer.looks, 1);
  });

  it('are known without a request when the peer said the same digest as it was met', () => {
    const { peer, push, take } = meet({ liveDigest: 'ours' });
    push(...all);
    assert.deepEqual(take(), { offered: [], known: all });
    assert.equal(peer.looks, 0);
  });

  it('are asked about when the greeting is long ago', async () => {
    const { clock, peer, push, look } = meet({ liveDigest: 'ours' });
    peer.has = [1];
    await clock.advanceAsync(5_000);
    peer.said = { fresh: false };
    push(1, 2);
    assert.deepEqual(await look(), { offered: [2], known: [1] });
    assert.equal(peer.looks, 1);
  });

  it('are offered at once to a peer that has nothing', () => {
    const { peer, push, take } = meet({ lastSequence: 0, fresh: false });
    push(1, 2);
    assert.deepEqual(take(), { offered: [1, 2], known: [] });
    push(3);
    assert.deepEqual(take(), { offered: [3], known: [] });
    assert.equal(peer.looks, 0);
  });

  it('are offered at once to a peer with nothing that does not say whether it is being scanned', () => {
    const { push, take } = meet({ lastSequence: 0 });
    push(1, 2);
    assert.deepEqual(take(), { offered: [1, 2], known: [] });
  });

  it('are compared when the digests differ: what is not there is offered, and what is recorded afterwards', async () => {
    const { peer, push, look, take } = meet();
    peer.said = { fresh: false };
    peer.has = [1, 3, 4];
    push(1, 2, 3);
    assert.deepEqual(await look(), { offered: [2], known: [1, 3] });
    push(4, 5, 6);
    assert.deepEqual(take(), { offered: [5, 6], known: [4] });
    assert.deepEqual([peer.looks, peer.pages], [1, 1]);
  });

  it('are offered when the peer has another index by now', async () => {
    const { peer, push, look } = meet();
    peer.said = { indexId: 'another', liveDigest: 'ours' };
    push(1);
    assert.deepEqual(await look(), { offered: [1], known: [] });
  });
});

describe('Old rows, while a first scan goes on', () => {
  it('wait for the scan of the peer, for as long as it comes on', async () => {
    const { peer, push, look } = meet({ lastSequence: 1, fresh: true });
    push(...all);
    for (let lastSequence = 1; lastSequence < 100; lastSequence += 1) {
      peer.said = { fresh: true, lastSequence };
      assert.deepEqual(await look(250), none);
    }
    peer.said = { fresh: false, lastSequence: 100, liveDigest: 'ours' };
    assert.deepEqual(await look(250), { offered: [], known: all });
    assert.equal(peer.pages, 0);
  });

  it('wait for the scan here', async () => {
    const { peer, index, push, look } = meet({ fresh: false });
    index.isFresh = true;
    peer.said = { fresh: false };
    push(1);
    assert.deepEqual(await look(250), none);
    index.last = 8;
    assert.deepEqual(await look(250), none);
    index.isFresh = false;
    peer.has = [1];
    assert.deepEqual(await look(250), { offered: [], known: [1] });
  });

  it('wait for neither longer than five seconds when it does not come on', async () => {
    for (const isFresh of [true, false]) {
      const { peer, index, push, look } = meet({ fresh: !isFresh });
      index.isFresh = isFresh;
      peer.said = { fresh: !isFresh };
      push(1);
      let waitedMs = 0;
      while ((await look(250)).offered.length === 0 && waitedMs < 60_000) waitedMs += 250;
      assert.ok(waitedMs >= 4_000 && waitedMs <= 5_500, `${waitedMs} ms`);
    }
  });

  it('wait no longer than two minutes for a scan that never ends', async () => {
    const { peer, push, look } = meet({ fresh: true });
    push(1);
    peer.said = { fresh: true, lastSequence: 10 };
    let waitedMs = 0;
    for (; (await look(250)).offered.length === 0 && waitedMs < 600_000; waitedMs += 250)
      peer.said = { fresh: true, lastSequence: 11 + waitedMs };
    assert.ok(waitedMs > 60_000 && waitedMs <= 121_000, `${waitedMs} ms`);
  });

  it('do not wait when far less is there than was found here already', async () => {
    const { peer, index, push, look } = meet({ fresh: false, lastSequence: 2 });
    index.isFresh = true;
    peer.said = { fresh: false, lastSequence: 2 };
    peer.has = [2];
    push(...all);
    assert.deepEqual(await look(), { offered: [1, 3, 4, 5], known: [2] });
  });

  it('are asked about again when both were equal before the scan was over', async () => {
    const { peer, index, push, look } = meet();
    index.isFresh = true;
    peer.said = { fresh: true, liveDigest: 'ours' };
    push(...all);
    assert.deepEqual(await look(), { offered: [], known: all });
    [index.last, index.digest] = [7, 'ours, later'];
    push(6, 7);
    assert.deepEqual(await look(250), none);
    index.isFresh = false;
    peer.said = { fresh: false, liveDigest: 'ours, later' };
    assert.deepEqual(await look(250), { offered: [], known: [6, 7] });
  });

  it('wait for a peer of an older release while its index moves, eight seconds at most', async () => {
    const { peer, push, look } = meet();
    push(1);
    assert.deepEqual(await look(250), none);
    peer.said = { lastSequence: 10 };
    assert.deepEqual(await look(250), none);
    peer.said = { lastSequence: 11 };
    let waitedMs = 0;
    for (; (await look(250)).offered.length === 0 && waitedMs < 60_000; waitedMs += 250)
      peer.said = { lastSequence: 20 + waitedMs };
    assert.ok(waitedMs >= 5_000 && waitedMs <= 8_000, `${waitedMs} ms`);
  });
});

describe('Old rows, when the peer cannot be asked', () => {
  it('are offered in part: that meets the same failure, and afterwards it is asked again', async () => {
    const { peer, push, look } = meet();
    const rows = Array.from({ length: 250 }, (_, at) => at + 1);
    peer.fails = true;
    push(...rows);
    assert.deepEqual(await look(), { offered: rows.slice(0, 100), known: [] });
    assert.deepEqual(await look(999), none);
    peer.fails = false;
    peer.said = { fresh: false };
    peer.has = rows;
    assert.deepEqual(await look(1), none);
    assert.deepEqual(await look(), { offered: [], known: rows.slice(100) });
    assert.equal(peer.looks, 2);
  });

  it('are offered when its rows cannot be read, three times', async () => {
    const { peer, push, look } = meet();
    const rows = Array.from({ length: 250 }, (_, at) => at + 1);
    peer.hides = true;
    peer.said = { fresh: false };
    push(...rows);
    for (const offered of [100, 100, 50]) {
      assert.equal((await look(1_000)).offered.length, offered);
    }
    assert.equal(peer.pages, 3);
  });
});
