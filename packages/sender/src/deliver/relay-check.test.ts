import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { protocolVersion, type Hello } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { createRelayCheck } from './relay-check.js';

/** A peer whose index the test moves, and the check that looks at it. */
function meet() {
  const clock = createFakeClock();
  const peer = { liveDigest: 'theirs', lastSequence: 0, looks: 0, fails: false };
  const woken = { times: 0 };
  const hello = (): Promise<Hello> => {
    peer.looks += 1;
    if (peer.fails) return Promise.reject(new Error('refused'));
    const nothing = { release: '0', folders: [], maxFileBytes: 1, nowMs: 0, indexId: 'i', node: 'bravo' };
    const { liveDigest, lastSequence } = peer;
    return Promise.resolve({ protocol: protocolVersion, ...nothing, liveDigest, lastSequence });
  };
  const wake = (): void => void (woken.times += 1);
  const check = createRelayCheck({ clock, hello, liveDigest: () => 'ours', wake });
  return { clock, peer, woken, check };
}

describe('Changes of others', () => {
  it('are known to a peer with the same files: one look for all that are due', async () => {
    const { clock, peer, woken, check } = meet();
    peer.liveDigest = 'ours';
    assert.equal(check.advise(), 'wait');
    await clock.advanceAsync(0);
    assert.equal(woken.times, 1);
    assert.deepEqual([check.advise(), check.advise(), peer.looks], ['known', 'known', 1]);
    // Later changes were perhaps not there when it was looked at.
    await clock.advanceAsync(1_000);
    assert.deepEqual([check.advise(), peer.looks], ['wait', 2]);
  });

  it('are offered at once to a peer whose index differs and rests', async () => {
    const { clock, woken, check } = meet();
    check.advise();
    await clock.advanceAsync(0);
    assert.deepEqual([check.advise(), woken.times], ['offer', 1]);
  });

  it('wait while the index of the peer moves: their author is still sending', async () => {
    const { clock, peer, check } = meet();
    for (const lastSequence of [10, 20, 30]) {
      peer.lastSequence = lastSequence;
      assert.equal(check.advise(), 'wait');
      await clock.advanceAsync(0);
      assert.equal(check.advise(), 'wait');
      await clock.advanceAsync(500);
    }
    peer.liveDigest = 'ours';
    check.advise();
    await clock.advanceAsync(0);
    assert.deepEqual([check.advise(), peer.looks], ['known', 4]);
  });

  it('are offered after eight seconds to a peer whose index never rests', async () => {
    const { clock, peer, check } = meet();
    let waitedMs = 0;
    while (check.advise() === 'wait' && waitedMs < 60_000) {
      peer.lastSequence += 1;
      await clock.advanceAsync(100);
      waitedMs += 100;
    }
    assert.equal(check.advise(), 'offer');
    assert.ok(waitedMs <= 8_500, `${waitedMs} ms`);
  });

  it('are offered to a peer that does not say how it is: the offer will tell why', async () => {
    const { clock, peer, check } = meet();
    peer.fails = true;
    check.advise();
    await clock.advanceAsync(0);
    assert.equal(check.advise(), 'offer');
  });
});
