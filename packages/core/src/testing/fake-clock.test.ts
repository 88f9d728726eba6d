import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep } from '../ports/clock.js';
import { createFakeClock } from './fake-clock.js';

describe('fake clock', () => {
  it('stands still until it is advanced', () => {
    const clock = createFakeClock(1_000);
    assert.equal(clock.now(), 1_000);
    clock.advance(5);
    assert.equal(clock.now(), 1_005);
  });

  it('runs timers at their own moments, in order, and those of one moment as they were set', () => {
    const clock = createFakeClock(0);
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name} at ${clock.now()}`);
    clock.after(20, note('late'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.after(31, note('never'));
    clock.advance(30);
    assert.deepEqual(ran, ['first at 10', 'second at 10', 'late at 20']);
    assert.equal(clock.pending, 1);
    assert.equal(clock.nextDueMs, 31);
  });

  it('runs timers that timers set while it advances', () => {
    const clock = createFakeClock(0);
    const ran: number[] = [];
    const tick = (): void => {
      ran.push(clock.now());
      clock.after(10, tick);
    };
    clock.after(10, tick);
    clock.advance(35);
    assert.deepEqual(ran, [10, 20, 30]);
    assert.equal(clock.now(), 35);
  });

  it('does not run a timer that was cancelled', () => {
    const clock = createFakeClock();
    const cancel = clock.after(1, () => assert.fail('it ran'));
    cancel();
    cancel();
    clock.advance(10);
    assert.equal(clock.nextDueMs, null);
  });

  it('lets promises go on between timers', async () => {
    const clock = createFakeClock(0);
    const ran: number[] = [];
    const loop = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) {
        await sleep(clock, 10);
        ran.push(clock.now());
      }
    };
    const done = loop();
    await clock.advanceAsync(30);
    assert.deepEqual(ran, [10, 20, 30]);
    await done;
  });

  it('keeps what is left of a delay when the time is corrected', () => {
    const clock = createFakeClock(1_000);
    let ran = false;
    clock.after(10, () => (ran = true));
    clock.jump(500);
    assert.equal(clock.now(), 500);
    clock.advance(9);
    assert.equal(ran, false);
    clock.advance(1);
    assert.equal(ran, true);
  });
});
