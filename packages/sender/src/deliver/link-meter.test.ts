import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { createLinkMeter, leastBytes, type LinkMeter } from './link-meter.js';

const mebibyte = 1024 * 1024;

function meet() {
  const clock = createFakeClock();
  let starvedMs = 0;
  const meter = createLinkMeter({
    now: () => clock.now(),
    after: (ms, task) => clock.after(ms, task),
    starvedMs: () => starvedMs,
  });
  return {
    clock,
    meter,
    starve: (ms: number): void => void (starvedMs += ms),
    /** A body of so many bytes takes so long, of which the peer was at work for some. */
    pass: (bytes: number, ms: number, busyMs: number | null = 0): void => {
      const transfer = meter.begin(bytes);
      clock.advance(ms);
      transfer.arrived(bytes, busyMs ?? undefined);
    },
  };
}

const rateOf = (meter: LinkMeter): number => Math.round(meter.bytesPerSecond ?? -1);

describe('What is known of a link', () => {
  it('is nothing until three bodies have arrived that are long enough to tell', () => {
    const { meter, pass } = meet();
    assert.equal(meter.bytesPerSecond, null);
    for (let at = 0; at < 20; at += 1) pass(1000, 500);
    assert.equal(meter.bytesPerSecond, null);
    pass(mebibyte, 1000);
    pass(mebibyte, 1000);
    assert.equal(meter.bytesPerSecond, null);
    pass(mebibyte, 1000);
    assert.equal(rateOf(meter), mebibyte);
  });

  it('leaves out the time in which this thread had to wait for a processor', () => {
    const { meter, clock, starve } = meet();
    for (let at = 0; at < 3; at += 1) {
      const transfer = meter.begin(mebibyte);
      clock.advance(1000);
      starve(500);
      transfer.arrived(mebibyte, 0);
    }
    assert.equal(rateOf(meter), 2 * mebibyte);
  });

  it('is not told by a body during which this thread hardly had a processor', () => {
    const { meter, pass, clock, starve } = meet();
    for (let at = 0; at < 5; at += 1) {
      const transfer = meter.begin(mebibyte);
      clock.advance(1000);
      starve(600);
      transfer.arrived(mebibyte, 300);
    }
    assert.deepEqual([meter.bytesPerSecond, meter.tries], [null, 5]);
    for (let at = 0; at < 3; at += 1) pass(mebibyte, 1000);
    assert.equal(rateOf(meter), mebibyte);
  });

  it('is nothing for good when the peer does not say how long it was at work, and such bodies are counted', () => {
    const { meter, pass } = meet();
    pass(leastBytes - 1, 1000, null);
    for (let at = 0; at < 12; at += 1) pass(mebibyte, 1000, null);
    assert.deepEqual([meter.bytesPerSecond, meter.tries], [null, 12]);
  });

  it('leaves out the time in which the peer was at work, and one round trip', () => {
    const { meter, pass } = meet();
    meter.greeted(300);
    meter.greeted(100);
    for (let at = 0; at < 3; at += 1) pass(mebibyte, 3100, 2000);
    assert.equal(rateOf(meter), mebibyte);
    assert.equal(meter.roundTripMs, 100);
  });

  it('is not spoilt by a first hello that took very long', () => {
    const { meter, pass } = meet();
    meter.greeted(5000);
    for (let at = 0; at < 3; at += 1) pass(mebibyte, 1000);
    assert.equal(rateOf(meter), 2 * mebibyte);
  });

  it('goes by the fastest of the last eight: a busy moment is no slow link, and old ones are forgotten', () => {
    const { meter, pass } = meet();
    for (const ms of [5000, 100, 3000, 8000]) pass(mebibyte, ms);
    assert.equal(rateOf(meter), 10 * mebibyte);
    for (let at = 0; at < 8; at += 1) pass(mebibyte, 1000);
    assert.equal(rateOf(meter), mebibyte);
  });

  it('adds up what travels side by side', () => {
    const { clock, meter } = meet();
    for (let at = 0; at < 3; at += 1) {
      const transfers = [1, 2, 3, 4].map(() => meter.begin(mebibyte));
      clock.advance(4000);
      for (const transfer of transfers) transfer.arrived(mebibyte, 0);
    }
    assert.equal(rateOf(meter), mebibyte);
  });

  it('counts only what travelled at that time: a body whose neighbours wait for something else has the link for itself', () => {
    const { clock, meter } = meet();
    const others = [1, 2, 3].map(() => meter.begin(mebibyte));
    for (let at = 0; at < 3; at += 1) {
      const transfer = meter.begin(mebibyte);
      clock.advance(1000);
      transfer.arrived(mebibyte, 0);
    }
    assert.equal(rateOf(meter), mebibyte);
    assert.equal(others.length, 3);
  });

  it('learns nothing from a peer that does not say how long it was at work', () => {
    const { meter, pass } = meet();
    for (let at = 0; at < 4; at += 1) pass(mebibyte, 1000, null);
    assert.equal(meter.bytesPerSecond, null);
  });
});
