import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileKey } from '@lockstep/core';
import { createFakeClock, fileKey } from '@lockstep/core/testing';
import { createConfirmations } from './confirmations.js';

function bench(isAlone: (file: FileKey) => boolean = () => false) {
  const clock = createFakeClock();
  const groups: string[][] = [];
  const confirm = (files: readonly { folder: string; path: string }[]): void => {
    groups.push(files.map(({ folder, path }) => `${folder}/${path}`));
  };
  return { clock, groups, confirmations: createConfirmations({ clock, waitMs: 300, isAlone, confirm }) };
}

describe('A missing file', () => {
  it('is looked at again after the delete wait', () => {
    const { clock, groups, confirmations } = bench();
    confirmations.add([fileKey('static', 'a')]);
    clock.advance(299);
    assert.deepEqual(groups, []);
    clock.advance(1);
    assert.deepEqual(groups, [['static/a']]);
    assert.equal(confirmations.size, 0);
  });

  it('is confirmed together with all that went missing with it', () => {
    const { clock, groups, confirmations } = bench();
    for (let at = 0; at < 5; at += 1) {
      confirmations.add([fileKey('static', `f${at}`)]);
      clock.advance(80);
    }
    clock.advance(20);
    assert.equal(groups.length, 1);
    assert.equal(groups[0]?.length, 5);
  });

  it('does not wait longer than half a second for the others', () => {
    const { clock, groups, confirmations } = bench();
    for (let at = 0; at < 12; at += 1) {
      confirmations.add([fileKey('static', `f${at}`)]);
      clock.advance(50);
    }
    assert.equal(groups.length, 1);
    assert.equal(groups[0]?.length, 10);
  });

  it('is no matter of the other folders', () => {
    const { clock, groups, confirmations } = bench();
    confirmations.add([fileKey('static', 'a'), fileKey('templates', 'b')]);
    clock.advance(300);
    assert.deepEqual(groups, [['static/a'], ['templates/b']]);
  });

  it('is forgotten when it is hinted anew', () => {
    const { clock, groups, confirmations } = bench();
    confirmations.add([fileKey('static', 'a'), fileKey('static', 'b')]);
    confirmations.withdraw(fileKey('static', 'a'));
    clock.advance(300);
    assert.deepEqual(groups, [['static/b']]);
  });

  it('can be waited for', async () => {
    const { clock, confirmations, groups } = bench();
    confirmations.add([fileKey('static', 'a')]);
    let taken = false;
    const waiting = confirmations.taken().then(() => (taken = true));
    await clock.advanceAsync(200);
    assert.equal(taken, false);
    await clock.advanceAsync(100);
    await waiting;
    assert.equal(groups.length, 1);
  });

  it('leaves nothing behind when the sender is closed', async () => {
    const { clock, groups, confirmations } = bench();
    confirmations.add([fileKey('static', 'a')]);
    const waiting = confirmations.taken();
    confirmations.close();
    await waiting;
    clock.advance(1_000);
    assert.deepEqual(groups, []);
    assert.equal(clock.pending, 0);
  });
});

describe('A file that went missing alone', () => {
  it('is looked at again after 80 ms', () => {
    const { clock, groups, confirmations } = bench(() => true);
    confirmations.add([fileKey('static', 'a')]);
    clock.advance(79);
    assert.deepEqual(groups, []);
    clock.advance(1);
    assert.deepEqual(groups, [['static/a']]);
  });

  it('waits the full time when something moves beside it before the 80 ms are over', () => {
    let alone = true;
    const { clock, groups, confirmations } = bench(() => alone);
    confirmations.add([fileKey('static', 'a')]);
    clock.advance(79);
    alone = false;
    clock.advance(220);
    assert.deepEqual(groups, []);
    clock.advance(1);
    assert.deepEqual(groups, [['static/a']]);
  });

  it('waits the full time when another goes missing before the 80 ms are over', () => {
    const { clock, groups, confirmations } = bench(() => true);
    confirmations.add([fileKey('static', 'a')]);
    clock.advance(70);
    confirmations.add([fileKey('static', 'd/b')]);
    clock.advance(229);
    assert.deepEqual(groups, []);
    clock.advance(1);
    assert.deepEqual(groups, [['static/a', 'static/d/b']]);
  });

  it('waits again when the thread was too busy to hear what moved beside it', () => {
    const busy = createFakeClock();
    const sizes: number[] = [];
    let lateMs = 0;
    const clock = { ...busy, now: () => busy.now() + lateMs, after: busy.after.bind(busy) };
    const confirmations = createConfirmations({
      ...{ clock, waitMs: 300, isAlone: () => true },
      confirm: (files) => void sizes.push(files.length),
    });
    confirmations.add([fileKey('static', 'a')]);
    lateMs = 60;
    busy.advance(80);
    assert.deepEqual(sizes, []);
    busy.advance(20);
    assert.deepEqual(sizes, [1]);
  });
});
