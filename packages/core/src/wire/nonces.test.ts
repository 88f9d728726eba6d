import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError, SyncError, type ErrorCode } from '../model/index.js';
import type { NonceStore } from '../ports/host-store.js';
import { createHostNonceCache, createNonceCache } from './nonces.js';

const startMs = 1_700_000_000_000;
const minuteMs = 60_000;

const codeOf = (act: () => void): ErrorCode | null => {
  try {
    act();
    return null;
  } catch (error) {
    assert.ok(isSyncError(error));
    return error.code;
  }
};

describe('the nonce cache', () => {
  it('takes a nonce once per node', () => {
    const nonces = createNonceCache(startMs);
    const first = { node: 'web-1', nonce: 'a', timeMs: startMs };
    assert.equal(
      codeOf(() => nonces.claim(first, startMs)),
      null,
    );
    assert.equal(
      codeOf(() => nonces.claim(first, startMs + 1)),
      'NONCE_REUSED',
    );
    assert.equal(
      codeOf(() => nonces.claim({ ...first, node: 'web-3' }, startMs + 1)),
      null,
    );
  });

  it('remembers a nonce for as long as its request could be valid', () => {
    const nonces = createNonceCache(startMs);
    const ahead = { node: 'web-1', nonce: 'a', timeMs: startMs + 5 * minuteMs };
    nonces.claim(ahead, startMs);
    assert.equal(
      codeOf(() => nonces.claim(ahead, startMs + 10 * minuteMs)),
      'NONCE_REUSED',
    );
  });

  it('forgets a nonce after ten minutes', () => {
    const nonces = createNonceCache(startMs);
    nonces.claim({ node: 'web-1', nonce: 'a', timeMs: startMs }, startMs);
    const later = startMs + 10 * minuteMs + 1;
    nonces.claim({ node: 'web-1', nonce: 'b', timeMs: later }, later);
    assert.equal(nonces.size, 1);
  });

  it('refuses what was signed before it started, since it may have been received by an earlier life', () => {
    const nonces = createNonceCache(startMs);
    const before = { node: 'web-1', nonce: 'a', timeMs: startMs - 1 };
    assert.equal(
      codeOf(() => nonces.claim(before, startMs + 10)),
      'SIGNATURE_EXPIRED',
    );
  });

  it('stays bounded, and refuses what it can no longer tell from a replay', () => {
    const nonces = createNonceCache(startMs, 3);
    const claim = (nonce: string, timeMs: number): ErrorCode | null =>
      codeOf(() => nonces.claim({ node: 'web-1', nonce, timeMs }, startMs + 100));
    for (const [index, nonce] of ['a', 'b', 'c', 'd'].entries())
      assert.equal(claim(nonce, startMs + index * 10), null);
    assert.equal(nonces.size, 3);
    assert.equal(claim('a', startMs), 'SIGNATURE_EXPIRED');
    assert.equal(claim('d', startMs + 30), 'NONCE_REUSED');
    assert.equal(claim('e', startMs + 40), null);
  });

  it('stays bounded in nodes, and refuses replays of those it dropped', () => {
    const nonces = createNonceCache(startMs, 10, 2);
    const claim = (node: string, timeMs: number): ErrorCode | null =>
      codeOf(() => nonces.claim({ node, nonce: 'a', timeMs }, startMs + 100));
    for (const [index, node] of ['web-1', 'web-2', 'web-3'].entries())
      assert.equal(claim(node, startMs + index), null);
    assert.equal(nonces.size, 2);
    assert.equal(claim('web-1', startMs), 'SIGNATURE_EXPIRED');
  });

  it('lets peers in again after the clock of this server was set back', () => {
    const nonces = createNonceCache(startMs + 24 * 60 * minuteMs);
    assert.equal(
      codeOf(() => nonces.claim({ node: 'web-1', nonce: 'a', timeMs: startMs }, startMs)),
      null,
    );
  });
});

/** What two processes share. */
function createStore(): NonceStore & { full: boolean } {
  const taken = new Set<string>();
  return {
    full: false,
    take({ node, nonce }) {
      if (this.full) throw new SyncError('DISK_FULL', 'no room');
      const isNew = !taken.has(`${node} ${nonce}`);
      taken.add(`${node} ${nonce}`);
      return isNew;
    },
    floorMs: () => startMs - 1,
    get size() {
      return taken.size;
    },
  };
}

describe('the nonce cache of a host', () => {
  const request = { node: 'web-1', nonce: 'a', timeMs: startMs };

  it('refuses at one process what another received', () => {
    const store = createStore();
    const [first, second] = [createHostNonceCache(store), createHostNonceCache(store)];
    first.claim(request, startMs);
    for (const cache of [first, second])
      assert.equal(
        codeOf(() => cache.claim(request, startMs + 1)),
        'NONCE_REUSED',
      );
  });

  it('refuses what was signed before the first process began', () => {
    const cache = createHostNonceCache(createStore());
    assert.equal(
      codeOf(() => cache.claim({ ...request, timeMs: startMs - 1 }, startMs)),
      'SIGNATURE_EXPIRED',
    );
  });

  it('lets peers in while the common store is full, and still refuses what this process received', () => {
    const store = createStore();
    const cache = createHostNonceCache(store);
    store.full = true;
    cache.claim(request, startMs);
    assert.equal(
      codeOf(() => cache.claim(request, startMs + 1)),
      'NONCE_REUSED',
    );
  });
});
