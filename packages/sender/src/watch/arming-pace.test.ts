import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock, type FakeClock } from '@lockstep/core/testing';
import { createArmingPace, type ArmingPace } from './arming-pace.js';

function open(): { pace: ArmingPace; clock: FakeClock } {
  const clock = createFakeClock();
  return { pace: createArmingPace(clock), clock };
}

/** Begins so many children of a directory, one after the other, and gives those that were begun. */
function beginAll(pace: ArmingPace, parent: string, count: number): string[] {
  const begun: string[] = [];
  void (async () => {
    for (let n = 0; n < count; n += 1) {
      await pace.room(parent);
      pace.begin(parent, `${parent}/${n}`);
      begun.push(`${parent}/${n}`);
    }
  })();
  return begun;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the pace of arming', () => {
  it('keeps a listing back while sixteen of its directories are under way', async () => {
    const { pace, clock } = open();
    const begun = beginAll(pace, 'tree', 40);
    await turn();
    assert.equal(begun.length, 16);
    pace.done('tree/3');
    pace.done('tree/9');
    await turn();
    assert.equal(begun.length, 18);
    for (let at = 0; at < 40; at += 1) {
      pace.done(`tree/${at}`);
      await turn();
    }
    assert.equal(begun.length, 40);
    assert.equal(clock.pending, 0);
  });

  it('never lets a directory wait for those of another', async () => {
    const { pace } = open();
    const above = beginAll(pace, 'tree', 20);
    const below = beginAll(pace, 'tree/0', 20);
    await turn();
    assert.deepEqual([above.length, below.length], [16, 16]);
  });

  it('takes no notice of a directory that it does not know, or knows to be done', async () => {
    const { pace } = open();
    const begun = beginAll(pace, 'tree', 18);
    await turn();
    pace.done('elsewhere');
    pace.done('tree/0');
    pace.done('tree/0');
    await turn();
    assert.equal(begun.length, 17);
  });

  it('goes on without those that nobody finishes', async () => {
    const { pace, clock } = open();
    const begun = beginAll(pace, 'tree', 40);
    await turn();
    clock.advance(999);
    await turn();
    assert.equal(begun.length, 16);
    clock.advance(1);
    await turn();
    assert.equal(begun.length, 32);
  });
});
