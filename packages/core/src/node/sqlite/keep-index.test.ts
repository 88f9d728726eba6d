import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isSyncError } from '../../model/error.js';
import { fileRow, key } from '../../testing/index-contract/harness.js';
import { acquireProcessLock } from '../process-lock.js';
import type { SqliteIndex } from './open-sqlite-index.js';
import { createBench, type Bench } from './temporary.test.support.js';

/** An open, settled index, of 3,000 rows unless told, a part of which only the journal has. */
function filled(t: TestContext, rows = 3_000): Bench & { readonly index: SqliteIndex } {
  const bench = createBench(t);
  const index = bench.open({ durability: 'os' });
  index.transact(() => {
    for (let row = 0; row < rows; row += 1) index.put(fileRow(`page-${row}.html`));
  });
  index.markSettled();
  return { ...bench, index };
}

function noise(file: string): void {
  writeFileSync(file, randomBytes(statSync(file).size));
}

function asideOf(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => /damaged-[\d-]+$/.test(name));
}

const damages: readonly { readonly what: string; readonly hurt: (file: string) => void }[] = [
  {
    what: 'is noise, its journal too',
    hurt: (file) => {
      noise(file);
      noise(`${file}-wal`);
    },
  },
  {
    what: 'is zeros, its journal too',
    hurt: (file) => {
      for (const each of [file, `${file}-wal`]) writeFileSync(each, Buffer.alloc(statSync(each).size));
    },
  },
  { what: 'was cut in half', hurt: (file) => truncateSync(file, statSync(file).size >> 1) },
  { what: 'was cut to nothing', hurt: (file) => truncateSync(file, 0) },
  { what: 'has a journal that was cut', hurt: (file) => truncateSync(`${file}-wal`, 0) },
  { what: 'has no journal any more', hurt: (file) => rmSync(`${file}-wal`) },
  { what: 'was removed', hurt: (file) => rmSync(file) },
  { what: 'was removed with its directory', hurt: (file) => rmSync(dirname(file), { recursive: true }) },
  {
    what: 'was replaced by a copy of itself',
    hurt: (file) => {
      copyFileSync(file, `${file}.copy`);
      renameSync(`${file}.copy`, file);
    },
  },
];

/** One that was written to after it was opened, and checked since. */
function checked(t: TestContext) {
  const { file, clock, index, open } = filled(t);
  index.close();
  const reopened = open({ durability: 'os' });
  reopened.put(fileRow('one more'));
  clock.advance(2_000);
  assert.equal(reopened.keeper.look(), 'same');
  return { file, clock, reopened };
}

describe('an index that is damaged while it is open', () => {
  for (const { what, hurt } of damages) {
    it(`is begun anew behind the same store when its file ${what}`, (t) => {
      const { file, clock, lines, index } = filled(t);
      const { indexId } = index;
      assert.equal(index.keeper.look(), 'same');
      hurt(file);
      clock.advance(2_000);
      assert.equal(index.keeper.look(), 'renewed');
      assert.notEqual(index.indexId, indexId);
      assert.equal(index.isFresh, true);
      assert.equal(index.keeper.isRebuilding, true);
      assert.equal(index.lastSequence(), 0);
      assert.equal(index.get(key('page-1.html')), undefined);
      assert.equal(index.put(fileRow('page-1.html')), 1);
      assert.deepEqual(
        index.totals().map(({ files }) => files),
        [1],
      );
      assert.match(lines.join('\n'), /^error: The index was (damaged|gone) and is rebuilt/);
      index.markSettled();
      clock.advance(10_000);
      assert.equal(index.keeper.look(), 'same');
      assert.equal(index.keeper.isRebuilding, false);
      index.close();
      assert.equal(existsSync(`${file}-wal`), false, 'the new journal was not written back');
    });
  }

  it('answers nothing and takes nothing from the first sign of damage on, and says so once', (t) => {
    const { file, clock, index } = filled(t);
    const heard: string[] = [];
    index.keeper.onDamage((damage) => heard.push(damage.code));
    rmSync(file);
    assert.throws(() => index.put(fileRow('new')), isDamage);
    assert.throws(() => index.get(key('page-1.html')), isDamage);
    assert.throws(() => index.transact(() => index.put(fileRow('new'))), isDamage);
    assert.deepEqual(heard, ['INDEX_DAMAGED']);
    clock.advance(1_000);
    assert.equal(index.keeper.look(), 'renewed');
    assert.deepEqual(heard, ['INDEX_DAMAGED']);
    assert.equal(index.put(fileRow('new')), 1);
  });

  it('stays refused while another process opens it, and is begun anew after that', (t) => {
    const { file, index } = filled(t);
    const lock = acquireProcessLock(`${file}.opening`);
    rmSync(file);
    assert.equal(index.keeper.look(), 'same');
    assert.throws(() => index.lastSequence(), isDamage);
    lock?.release();
    assert.equal(index.keeper.look(), 'renewed');
    assert.equal(index.lastSequence(), 0);
  });

  it('is begun anew by one of two who share it; the other goes on with that one', (t) => {
    const { file, clock, lines, index, open } = filled(t);
    const other = open({ durability: 'os' });
    truncateSync(file, 0);
    clock.advance(2_000);
    assert.equal(index.keeper.look(), 'renewed');
    index.put(fileRow('found'));
    assert.throws(() => other.put(fileRow('lost')), isDamage);
    assert.equal(other.keeper.look(), 'renewed');
    assert.equal(other.indexId, index.indexId);
    assert.equal(other.lastSequence(), 1);
    assert.equal(other.put(fileRow('more')), 2);
    assert.equal(index.lastSequence(), 2);
    assert.equal(asideOf(file).length, 1);
    assert.match(lines.join('\n'), /warn: Another process of this host has begun a new index/);
    index.close();
    assert.equal(other.get(key('more'))?.sequence, 2);
  });

  it('is found by the looks although nobody reads the damaged page', (t) => {
    const { file, clock, reopened } = checked(t);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.alloc(4_096), 0, 4_096, 4_096 * 60);
    t.after(() => closeSync(descriptor));
    clock.advance(2_000);
    assert.equal(reopened.keeper.look(), 'renewed');
  });

  it('is not checked because somebody set the owner or the mode of its files: they hold what they held', (t) => {
    const { file, clock, reopened } = checked(t);
    clock.advance(10_000);
    for (const part of [file, `${file}-wal`]) chmodSync(part, 0o600);
    assert.equal(reopened.keeper.look(), 'same');
    // A check a moment ago would be followed by a rest.
    noise(file);
    assert.equal(reopened.keeper.look(), 'renewed');
  });

  it('is found by the looks in parts when it is large', (t) => {
    const rows = 40_000;
    const { file, clock, index, open } = filled(t, rows);
    index.close();
    assert.ok(statSync(file).size > 8 * 1024 * 1024);
    const reopened = open({ durability: 'os' });
    reopened.put(fileRow('one more'));
    // Somewhere in the table, which the rows fill first; its indexes were filled beside it.
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.alloc(4_096 * 64), 0, 4_096 * 64, statSync(file).size >> 1);
    t.after(() => closeSync(descriptor));
    let looks = 0;
    for (let look = 'same'; look === 'same' && looks < 100; looks += 1) {
      clock.advance(2_000);
      look = reopened.keeper.look();
    }
    assert.ok(looks > 1 && looks <= rows / 2_000 + 1, `found at look ${looks}`);
  });

  it('leaves the three newest damaged files for people to look at', (t) => {
    const { file, clock, index } = filled(t);
    for (let round = 0; round < 5; round += 1) {
      truncateSync(file, 0);
      clock.advance(2_000);
      assert.equal(index.keeper.look(), 'renewed');
      index.put(fileRow(`after ${round}`));
    }
    const names = asideOf(file);
    assert.equal(names.length, 3);
    assert.equal(names.at(-1), `${basename(file)}.damaged-${clock.now()}`);
  });
});

function isDamage(error: unknown): boolean {
  return isSyncError(error, 'INDEX_DAMAGED');
}
