import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { createBreaker } from './breaker.js';

/** The longest jitter. */
const latest = { fraction: () => 0.999_999, id: () => '' };

describe('A breaker', () => {
  it('closes when the probe is answered', () => {
    const breaker = createBreaker(createFakeClock(), latest);
    breaker.fail('probe');
    assert.equal(breaker.state, 'open');
    breaker.answered();
    assert.equal(breaker.state, 'closed');
    assert.equal(breaker.nextProbeMs, null);
  });

  it('tries one delivery first when it was a delivery that failed', () => {
    const breaker = createBreaker(createFakeClock(), latest);
    breaker.fail('delivery');
    breaker.answered();
    assert.equal(breaker.state, 'trial');
    breaker.succeed();
    assert.equal(breaker.state, 'closed');
    assert.equal(breaker.failures, 0);
  });

  it('keeps counting while trials fail', () => {
    const breaker = createBreaker(createFakeClock(), latest);
    for (let at = 0; at < 3; at += 1) {
      breaker.fail('delivery');
      breaker.answered();
    }
    assert.equal(breaker.failures, 3);
  });

  it('counts the flights that fail together once', () => {
    const clock = createFakeClock();
    const breaker = createBreaker(clock, latest);
    const first = breaker.fail('delivery');
    clock.advance(10);
    assert.equal(breaker.fail('delivery'), first);
    assert.equal(breaker.failures, 1);
  });

  it('probes a lost peer at once when it is heard of, and begins anew with short rests', () => {
    const clock = createFakeClock();
    const breaker = createBreaker(clock, latest);
    for (let at = 0; at < 12; at += 1) breaker.fail('probe');
    clock.advance(700_000);
    assert.equal(breaker.hear(), true);
    const restsMs = [1, 2, 3, 4].map(() => breaker.fail('probe') - clock.now());
    assert.deepEqual(restsMs, [25, 50, 100, 200]);
  });

  it('does not let a peer that is heard of and cannot be reached set off more than a few probes', () => {
    const clock = createFakeClock();
    const breaker = createBreaker(clock, latest);
    assert.equal(breaker.hear(), false, 'nothing is lost');
    breaker.fail('probe');
    assert.equal(breaker.hear(), true);
    clock.advance(9_999);
    assert.equal(breaker.hear(), false);
    clock.advance(1);
    assert.equal(breaker.hear(), true);
    breaker.answered();
    breaker.fail('probe');
    assert.equal(breaker.hear(), true, 'it was back in between');
  });

  const rests = [
    { lostForMs: 0, atMostMs: 500 },
    { lostForMs: 59_000, atMostMs: 500 },
    { lostForMs: 61_000, atMostMs: 5_000 },
    { lostForMs: 599_000, atMostMs: 5_000 },
    { lostForMs: 601_000, atMostMs: 30_000 },
    { lostForMs: 86_400_000, atMostMs: 30_000 },
  ];
  for (const { lostForMs, atMostMs } of rests) {
    it(`probes at least every ${atMostMs} ms a peer that is lost for ${lostForMs / 1000} s`, () => {
      const clock = createFakeClock();
      const breaker = createBreaker(clock, latest);
      for (let at = 0; at < 12; at += 1) breaker.fail('probe');
      clock.advance(lostForMs);
      const restMs = breaker.fail('probe') - clock.now();
      assert.ok(restMs <= atMostMs && restMs > atMostMs / 2, `${restMs} ms`);
    });
  }

  it('does not probe before the peer wants it', () => {
    const clock = createFakeClock();
    const breaker = createBreaker(clock, { fraction: () => 0, id: () => '' });
    assert.equal(breaker.fail('delivery', 20_000) - clock.now(), 20_000);
  });

  it('waits as long as the peer asked, also when an earlier delivery is answered meanwhile', () => {
    const breaker = createBreaker(createFakeClock(), latest);
    const probeMs = breaker.fail('delivery', 20_000);
    breaker.succeed();
    assert.deepEqual([breaker.state, breaker.nextProbeMs], ['open', probeMs]);
    breaker.answered();
    breaker.succeed();
    assert.equal(breaker.state, 'closed');
  });

  it('goes on at once when an earlier delivery is answered and nobody asked to wait', () => {
    const breaker = createBreaker(createFakeClock(), latest);
    breaker.fail('delivery');
    breaker.succeed();
    assert.equal(breaker.state, 'closed');
  });
});
