import { SyncError, type IndexStore } from '@lockstep/core';
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createLoopBench, type LoopBench } from '../testing/loop-bench.js';

const dayMs = 86_400_000;

/** A loop that has met its peer. */
async function meet(t: TestContext, quiet?: { fails: boolean }): Promise<LoopBench> {
  const bench = createLoopBench();
  t.after(() => bench.close());
  if (quiet !== undefined) refuseDeferrals(bench.index, quiet);
  bench.loop.start();
  await bench.pass(10);
  return bench;
}

/** Deferrals cannot be written while `fails` is set, as on a full disk. */
function refuseDeferrals({ deferred }: Pick<IndexStore, 'deferred'>, state: { fails: boolean }): void {
  const known = { ...deferred };
  const unlessFull = (write: () => void): void => {
    if (state.fails) throw new SyncError('DISK_FULL', 'The disk is full.');
    write();
  };
  const limited: Pick<typeof deferred, 'save' | 'remove'> = {
    save: (row) => unlessFull(() => known.save(row)),
    remove: (peer, file) => unlessFull(() => known.remove(peer, file)),
  };
  Object.assign(deferred, limited);
}

describe('A clock that is set back by a day', () => {
  it('does not keep a relayed change waiting for that day', async (t) => {
    const bench = await meet(t);
    bench.put('page.html', 'from a third server', { from: 'charlie' });
    bench.clock.jump(bench.clock.now() - dayMs);
    await bench.pass(20_000);
    assert.equal(bench.peer.files.get('static\0page.html'), 'from a third server');
  });

  it('does not keep a deferred file waiting for that day', async (t) => {
    const bench = await meet(t);
    let refuses = true;
    bench.peer.verdict = () =>
      refuses ? { status: 'refused', code: 'DISK_FULL', message: 'The disk is full.' } : undefined;
    bench.put('page.html', 'refused at first');
    await bench.pass(1);
    assert.equal(bench.index.deferred.count('bravo'), 1);
    refuses = false;
    bench.clock.jump(bench.clock.now() - dayMs);
    await bench.pass(20_000);
    assert.equal(bench.peer.files.get('static\0page.html'), 'refused at first');
    assert.equal(bench.index.deferred.count('bravo'), 0);
  });
});

describe('An index that cannot be written for a while', () => {
  it('loses no file whose deferral did not fit', async (t) => {
    const index = { fails: false };
    const bench = await meet(t, index);
    index.fails = true;
    const error = new SyncError('CHECKSUM_MISMATCH', 'Other bytes came.');
    bench.peer.failure = { error, alsoHello: false };
    bench.put('page.html', 'broken on its way');
    await bench.pass(1_000);
    assert.equal(bench.loop.problem?.code, 'DISK_FULL');
    index.fails = false;
    bench.peer.failure = null;
    await bench.pass(20_000);
    assert.equal(bench.peer.files.get('static\0page.html'), 'broken on its way');
  });

  it('stops the delivery, and nothing else', async (t) => {
    const index = { fails: false };
    const bench = await meet(t, index);
    bench.peer.verdict = () => ({ status: 'refused', code: 'DISK_FULL', message: 'The disk is full.' });
    const { folder, path } = bench.put('page.html', 'refused');
    await bench.pass(1);
    bench.index.forget({ folder, path });
    index.fails = true;
    await bench.pass(2_000);
    assert.equal(bench.loop.problem?.code, 'DISK_FULL');
    assert.doesNotThrow(() => bench.loop.wake());
    index.fails = false;
    bench.peer.verdict = () => undefined;
    bench.put('other.html', 'goes out when there is room');
    await bench.pass(20_000);
    assert.equal(bench.peer.files.get('static\0other.html'), 'goes out when there is room');
  });
});
