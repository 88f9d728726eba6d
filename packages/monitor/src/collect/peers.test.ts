import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerStatuses, type PeerFacts } from './peers.js';

const row = { name: 'web-2', indexId: 'i', cursor: 40, baseline: 0, lastContactMs: 5_000 };
const facts: PeerFacts = {
  sending: undefined,
  rows: [row],
  heard: [],
  deferredCount: () => 0,
  deferredOf: () => [],
  countAfter: (sequence) => 100 - sequence,
};

describe('the peers of a status', () => {
  it('come from the index while another process sends', () => {
    const [peer] = peerStatuses(facts);
    assert.equal(peer?.name, 'web-2');
    assert.equal(peer.state, 'unknown');
    assert.equal(peer.lagChanges, 60);
    assert.equal(peer.lastContactMs, 5_000);
  });

  it('leave out this server itself, which may stand in its own list', () => {
    const sending = [
      { name: 'web-1', state: 'self' },
      { name: 'web-2', state: 'up' },
    ];
    assert.deepEqual(
      peerStatuses({ ...facts, sending }).map((peer) => peer.name),
      ['web-2'],
    );
  });

  it('are called by their address until their name is known', () => {
    const sending = [{ name: null, url: 'https://10.0.0.9/sync', state: 'connecting' }];
    assert.equal(peerStatuses({ ...facts, sending })[0]?.name, 'https://10.0.0.9/sync');
  });

  it('leave out peers that the configuration no longer names', () => {
    assert.deepEqual(peerStatuses({ ...facts, sending: [] }), []);
  });

  it('say when a peer was last heard asking, also when it cannot be reached', () => {
    const sending = [{ name: 'web-2', state: 'unreachable' }];
    const [peer] = peerStatuses({ ...facts, sending, heard: [{ name: 'web-2', lastContactMs: 9_000 }] });
    assert.equal(peer?.lastHeardMs, 9_000);
  });

  it('stand in the order of their names', () => {
    const sending = ['web-10', 'alpha', 'web-2'].map((name) => ({ name, state: 'up' }));
    assert.deepEqual(
      peerStatuses({ ...facts, sending }).map((peer) => peer.name),
      ['alpha', 'web-10', 'web-2'],
    );
  });
});
