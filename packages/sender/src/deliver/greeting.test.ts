import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { createGreeting } from './greeting.js';

/** A greeting of one peer that counts the hellos. */
function made() {
  const clock = createFakeClock();
  const peer = { hellos: 0, start: () => void (peer.hellos += 1) };
  return { clock, peer, greeting: createGreeting([peer], clock) };
}

describe('The first hello to the peers', () => {
  it('comes when the server is ready, and once', () => {
    const { clock, peer, greeting } = made();
    greeting.soon();
    clock.advance(100);
    assert.equal(peer.hellos, 0);
    greeting.now();
    greeting.now();
    clock.advance(1_000);
    assert.equal(peer.hellos, 1);
  });

  it('does not wait longer than a quarter of a second', () => {
    const { clock, peer, greeting } = made();
    greeting.soon();
    clock.advance(250);
    assert.equal(peer.hellos, 1);
    greeting.now();
    assert.equal(peer.hellos, 1);
  });

  it('does not come once the server closes', () => {
    const { clock, peer, greeting } = made();
    greeting.soon();
    greeting.close();
    clock.advance(1_000);
    greeting.now();
    assert.equal(peer.hellos, 0);
  });
});
