import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { createFeed } from './feed.js';

function setUp() {
  const clock = createFakeClock();
  const changed = new Set<() => void>();
  let reads = 0;
  const feed = createFeed({
    clock,
    read: () => (reads += 1),
    source: (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
  });
  return {
    clock,
    feed,
    change: () => changed.forEach((listener) => listener()),
    reads: () => reads,
    sources: changed,
  };
}

describe('the stream of states', () => {
  it('begins with the state now', () => {
    const { feed } = setUp();
    const seen: number[] = [];
    feed.subscribe((state) => seen.push(state));
    assert.deepEqual(seen, [1]);
  });

  it('tells of changes soon, and of many at most four times a second', () => {
    const { feed, clock, change } = setUp();
    const seen: number[] = [];
    feed.subscribe((state) => seen.push(state));
    for (let ms = 0; ms < 1_000; ms += 10) {
      change();
      clock.advance(10);
    }
    assert.equal(seen.length, 5);
  });

  it('tells the state once more when a change has come to rest, for what is written a little later', () => {
    const { feed, clock, change } = setUp();
    const seen: number[] = [];
    feed.subscribe((state) => seen.push(state));
    change();
    clock.advance(250);
    assert.equal(seen.length, 2);
    clock.advance(500);
    assert.equal(seen.length, 3);
    clock.advance(4_000);
    assert.equal(seen.length, 3);
  });

  it('tells the last of a burst of changes', () => {
    const { feed, clock, change } = setUp();
    const seen: number[] = [];
    feed.subscribe((state) => seen.push(state));
    change();
    clock.advance(250);
    change();
    clock.advance(1);
    assert.equal(seen.length, 2);
    clock.advance(249);
    assert.equal(seen.length, 3);
  });

  it('repeats the state every five seconds when nothing changes', () => {
    const { feed, clock } = setUp();
    const seen: number[] = [];
    feed.subscribe((state) => seen.push(state));
    clock.advance(15_100);
    assert.equal(seen.length, 4);
  });

  it('repeats a state as often as it asks for', () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    const feed = createFeed({
      clock,
      read: () => 'waiting',
      source: () => () => undefined,
      longestMs: () => 1_000,
    });
    feed.subscribe((state) => seen.push(state));
    clock.advance(5_100);
    assert.equal(seen.length, 6);
  });

  it('makes a state once for all who look', () => {
    const { feed, clock, change, reads } = setUp();
    for (let client = 0; client < 10; client += 1) feed.subscribe(() => undefined);
    const before = reads();
    change();
    clock.advance(250);
    assert.equal(reads(), before + 1);
  });

  it('does nothing while nobody looks', () => {
    const { feed, clock, change, reads, sources } = setUp();
    const end = feed.subscribe(() => undefined);
    end();
    change();
    clock.advance(60_000);
    assert.equal(reads(), 1);
    assert.equal(sources.size, 0);
    assert.equal(clock.pending, 0);
  });

  it('goes on for the others when one leaves', () => {
    const { feed, clock, change } = setUp();
    const seen: number[] = [];
    const end = feed.subscribe(() => undefined);
    feed.subscribe((state) => seen.push(state));
    end();
    change();
    clock.advance(250);
    assert.equal(seen.length, 2);
  });

  it('ends for everybody when it is closed', () => {
    const { feed, clock } = setUp();
    let ended = 0;
    feed.subscribe(
      () => undefined,
      () => (ended += 1),
    );
    feed.close();
    assert.equal(ended, 1);
    assert.equal(feed.size, 0);
    assert.equal(clock.pending, 0);
  });
});
