import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFlightBudget } from './flight-budget.js';

/** A peer that starts as many requests as it may. */
function createPeer(budget: ReturnType<typeof createFlightBudget>) {
  let own = 0;
  let calls = 0;
  return {
    get own() {
      return own;
    },
    get calls() {
      return calls;
    },
    start(): boolean {
      if (!budget.mayStart(own, () => (calls += 1))) return false;
      budget.started(own);
      own += 1;
      return true;
    },
    end() {
      own -= 1;
      budget.ended(own);
    },
  };
}

describe('The requests of all peers together', () => {
  it('are never more than allowed, and every peer has one whatever the others do', () => {
    const budget = createFlightBudget(5, 3);
    const [greedy, calm, late] = [createPeer(budget), createPeer(budget), createPeer(budget)];
    while (greedy.start());
    assert.equal(greedy.own, 3);
    assert.deepEqual([calm.start(), calm.start(), late.start(), late.start()], [true, false, true, false]);
    assert.equal(greedy.own + calm.own + late.own, 5);
  });

  it('make room for who waits longest, once for each that ends', () => {
    const budget = createFlightBudget(4, 2);
    const [greedy, other] = [createPeer(budget), createPeer(budget)];
    while (greedy.start());
    assert.deepEqual([other.start(), other.start()], [true, false]);
    assert.equal(greedy.calls, 0);
    greedy.end();
    assert.deepEqual([greedy.calls, other.calls], [1, 0]);
    greedy.end();
    assert.deepEqual([greedy.calls, other.calls], [1, 1]);
    assert.deepEqual([other.start(), other.start(), other.start()], [true, true, false]);
  });

  it('are one for each peer when no more are allowed', () => {
    const budget = createFlightBudget(2, 2);
    const peers = [createPeer(budget), createPeer(budget)];
    for (const peer of peers) assert.deepEqual([peer.start(), peer.start()], [true, false]);
    peers[0]?.end();
    assert.equal(peers[0]?.start(), true);
  });
});
