import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '@lockstep/core';
import { createFakeClock, createMemoryIndex, createSeededRandom } from '@lockstep/core/testing';
import { createLedger, type NewActivity } from './ledger.js';

function bench() {
  const clock = createFakeClock();
  const index = createMemoryIndex({ node: 'alpha', random: createSeededRandom(1), clock });
  return { clock, index, ledger: createLedger(index, clock, silentLog) };
}

const peer = { name: 'bravo', indexId: 'i', baseline: 0, lastContactMs: null };
const line = (path: string): NewActivity => ({
  atMs: 1,
  kind: 'sent',
  folder: 'static',
  path,
  peer: 'bravo',
  bytes: 1,
  ms: 1,
  code: null,
  message: null,
});

describe('The ledger of deliveries', () => {
  it('writes a cursor as it is a quarter of a second later', () => {
    const { clock, index, ledger } = bench();
    let cursor = 1;
    ledger.cursor('bravo', () => ({ ...peer, cursor }));
    cursor = 2;
    clock.advance(249);
    assert.equal(index.peers.get('bravo'), undefined);
    clock.advance(1);
    assert.equal(index.peers.get('bravo')?.cursor, 2);
    assert.equal(clock.pending, 0);
  });

  it('writes what waits together with what may not be lost', () => {
    const { clock, index, ledger } = bench();
    ledger.cursor('bravo', () => ({ ...peer, cursor: 5 }));
    ledger.activity([line('a')]);
    ledger.commit(() => index.peers.save({ ...peer, name: 'charlie', cursor: 1 }));
    assert.equal(index.peers.get('bravo')?.cursor, 5);
    assert.equal(index.activity.list().length, 1);
    assert.equal(clock.pending, 0);
  });

  it('writes neither when the commit fails, and keeps what waits', () => {
    const { clock, index, ledger } = bench();
    ledger.cursor('bravo', () => ({ ...peer, cursor: 5 }));
    const fail = (): void => {
      throw new Error('disk full');
    };
    assert.throws(() => ledger.commit(fail), /disk full/u);
    assert.equal(index.peers.get('bravo'), undefined);
    clock.advance(250);
    assert.equal(index.peers.get('bravo')?.cursor, 5);
  });

  it('keeps the newest lines of a flood, and says how many there were', () => {
    const { clock, index, ledger } = bench();
    for (let at = 0; at < 1_000; at += 1) ledger.activity([line(`f${at}`)]);
    clock.advance(250);
    const [note, ...rows] = index.activity.list({ limit: 500 });
    assert.equal(note?.message, '800 more changes in the same moment');
    assert.equal(rows.length, 200);
    assert.equal(rows[0]?.path, 'f999');
  });

  it('writes what waits when it is closed', () => {
    const { index, ledger } = bench();
    ledger.cursor('bravo', () => ({ ...peer, cursor: 7 }));
    ledger.close();
    assert.equal(index.peers.get('bravo')?.cursor, 7);
  });
});
