import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import type { Item } from './item.js';
import type { RelayAdvice } from './relay-check.js';
import { createRelays } from './relays.js';

function meet() {
  const clock = createFakeClock();
  const advice: { now: RelayAdvice } = { now: 'wait' };
  const relays = createRelays(clock, { advise: () => advice.now });
  const push = (key: string, inMs: number, isLive = true): void =>
    relays.push({ key, isLive, readyMs: clock.now() + inMs } as Item);
  const take = (): unknown => {
    const { offered, known } = relays.take();
    return { offered: offered.map(({ key }) => key), known: known.map(({ key }) => key) };
  };
  return { clock, advice, relays, push, take };
}

describe('Changes of others that are due', () => {
  it('stay until it is known what the peer has, and nothing polls meanwhile', () => {
    const { clock, advice, relays, push, take } = meet();
    push('a', 2_000);
    assert.equal(relays.readyInMs(), 2_000);
    clock.advance(2_000);
    assert.deepEqual(take(), { offered: [], known: [] });
    assert.deepEqual([relays.readyInMs(), relays.length], [null, 1]);
    advice.now = 'offer';
    assert.deepEqual(take(), { offered: ['a'], known: [] });
  });

  it('are not offered when the peer has the same files, but for deletions; what is not due yet stays', () => {
    const { clock, advice, relays, push, take } = meet();
    push('a', 1_000);
    push('gone', 1_500, false);
    push('later', 2_000);
    advice.now = 'known';
    clock.advance(1_500);
    assert.deepEqual(take(), { offered: ['gone'], known: ['a'] });
    assert.deepEqual([relays.length, relays.readyInMs()], [1, 500]);
  });

  it('are not asked about before one is due', () => {
    const { relays, push } = meet();
    push('a', 1_000);
    relays.take();
    assert.equal(relays.readyInMs(), 1_000);
  });
});
