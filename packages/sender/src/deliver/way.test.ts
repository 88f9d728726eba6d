import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { createRateLimit } from './limit-rate.js';
import { createWay } from './way.js';

const kib = 1024;

function meet(compression = true) {
  const clock = createFakeClock();
  const way = createWay({ clock, limit: createRateLimit(false, clock), compression });
  way.greeted(1, ['gzip']);
  /** @param busyMs null from a peer that cannot tell */
  async function send(times: number, busyMs: number | null): Promise<void> {
    for (let at = 0; at < times; at += 1) {
      const data = Buffer.alloc(128 * kib);
      const body = { data, length: data.length, type: 'text/plain', digest: sha256('') };
      await way.carry(body, () => {
        clock.advance(100);
        return Promise.resolve(busyMs === null ? {} : { busyMs });
      });
    }
  }
  return { send, firstKib: () => way.link.firstBytes / kib };
}

describe('The way to a peer', () => {
  it('carries small requests until three have told how fast it is', async () => {
    const { send, firstKib } = meet();
    assert.equal(firstKib(), 128);
    await send(2, 0);
    assert.equal(firstKib(), 128);
    await send(1, 0);
    assert.equal(firstKib(), Infinity);
  });

  it('carries larger ones when twelve have told nothing, and any when twelve more have not', async () => {
    const { send, firstKib } = meet();
    await send(11, null);
    assert.equal(firstKib(), 128);
    await send(1, null);
    assert.equal(firstKib(), 512);
    await send(12, null);
    assert.equal(firstKib(), Infinity);
  });

  it('carries any at once when nothing depends on how fast it is', () => {
    assert.equal(meet(false).firstKib(), Infinity);
  });
});
