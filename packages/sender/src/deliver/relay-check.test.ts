import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { protocolVersion, type Hello } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { createRelayCheck } from './relay-check.js';

/** A peer whose index the test moves, and the check that looks at it. */
function meet(peers = 1) {
  const clock = createFakeClock();
  const peer = { liveDigest: 'theirs', lastSequence: 0, looks: 0, fails: false };
  const woken = { times: 0 };
  const waiting = { changes: 10 };
  const hello = (): Promise<Hello> => {
    peer.looks += 1;
    if (peer.fails) return Promise.reject(new Error('refused'));
    const nothing = { release: '0', folders: [], maxFileBytes: 1, nowMs: 0, indexId: 'i', node: 'bravo' };
    const { liveDigest, lastSequence } = peer;
    return Promise.resolve({ protocol: protocolVersion, ...nothing, liveDigest, lastSequence });
  };
  const wake = (): void => void (woken.times += 1);
  const check = createRelayCheck({ clock, hello, liveDigest: () => 'ours', wake, peers });
  const advise = () => check.advise(waiting.changes);
  return { clock, peer, woken, waiting, advise };
}

describe('Changes of others', () => {
  it('are known to a peer with the same files: one look for all that are due', async () => {
    const { clock, peer, woken, advise } = meet();
    peer.liveDigest = 'ours';
    assert.equal(advise(), 'wait');
    await clock.advanceAsync(0);
    assert.equal(woken.times, 1);
    assert.deepEqual([advise(), advise(), peer.looks], ['known', 'known', 1]);
    // Later changes were perhaps not there when it was looked at.
    await clock.advanceAsync(1_000);
    assert.deepEqual([advise(), peer.looks], ['wait', 2]);
  });

  it('are offered at once to a peer whose index differs and rests', async () => {
    const { clock, woken, advise } = meet();
    advise();
    await clock.advanceAsync(0);
    assert.deepEqual([advise(), woken.times], ['offer', 1]);
  });

  it('wait while the index of the peer moves: their author is still sending', async () => {
    const { clock, peer, advise } = meet();
    for (const [looks, restMs] of [500, 1_000, 2_000, 4_000].entries()) {
      peer.lastSequence += 10;
      assert.deepEqual([advise(), peer.looks], ['wait', looks + 1]);
      await clock.advanceAsync(restMs - 1);
      assert.deepEqual([advise(), peer.looks], ['wait', looks + 1]);
      await clock.advanceAsync(1);
    }
    peer.liveDigest = 'ours';
    advise();
    await clock.advanceAsync(0);
    assert.deepEqual([advise(), peer.looks], ['known', 5]);
  });

  for (const { changes, untilMs, looks } of [
    { changes: 250, untilMs: 7_000, looks: 5 },
    { changes: 251, untilMs: 60_000, looks: 19 },
  ])
    it(`are offered to a peer whose index never rests after ${untilMs / 1_000} s when ${changes} wait`, async () => {
      const { clock, peer, waiting, advise } = meet();
      waiting.changes = changes;
      peer.lastSequence = 1;
      let waitedMs = 0;
      while (advise() === 'wait' && waitedMs < 120_000) {
        peer.lastSequence += 1;
        await clock.advanceAsync(100);
        waitedMs += 100;
      }
      assert.equal(advise(), 'offer');
      assert.ok(waitedMs >= untilMs && waitedMs <= untilMs + 4_000, `${waitedMs} ms`);
      assert.equal(peer.looks, looks);
    });

  it('begin anew after an answer: the next burst is waited for as long', async () => {
    const { clock, peer, advise } = meet();
    const moveOn = async (ms: number): Promise<void> => {
      peer.lastSequence += 1;
      advise();
      await clock.advanceAsync(ms);
    };
    for (const restMs of [500, 1_000, 2_000]) await moveOn(restMs);
    peer.liveDigest = 'ours';
    await moveOn(1_000);
    peer.liveDigest = 'theirs';
    const looks = peer.looks;
    await moveOn(500);
    await moveOn(0);
    assert.equal(peer.looks, looks + 2);
  });

  it('are asked about four times a second at most, all peers together', async () => {
    const { clock, peer, woken, advise } = meet(16);
    peer.liveDigest = 'ours';
    advise();
    await clock.advanceAsync(1_000);
    // What was not there at the first look waits, and is woken by itself.
    assert.deepEqual([advise(), peer.looks], ['wait', 1]);
    await clock.advanceAsync(2_999);
    assert.deepEqual([advise(), peer.looks, woken.times], ['wait', 1, 1]);
    await clock.advanceAsync(1);
    assert.deepEqual([advise(), peer.looks, woken.times], ['wait', 2, 2]);
    await clock.advanceAsync(0);
    assert.equal(advise(), 'known');
  });

  it('are offered to a peer that does not say how it is: the offer will tell why', async () => {
    const { clock, peer, advise } = meet();
    peer.fails = true;
    advise();
    await clock.advanceAsync(0);
    assert.equal(advise(), 'offer');
  });
});
