import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { fileRow, key, pathsOf } from '../../testing/index-contract/harness.js';
import { createBench, type Bench } from './temporary.test.support.js';

/** A closed, settled index of 3,000 rows. */
function filled(t: TestContext): Bench & { readonly indexId: string } {
  const bench = createBench(t);
  const index = bench.open({ durability: 'os' });
  index.transact(() => {
    for (let row = 0; row < 3_000; row += 1) index.put(fileRow(`page-${row}.html`));
  });
  index.markSettled();
  index.close();
  return { ...bench, indexId: index.indexId };
}

function overwrite(file: string, position: number, bytes: Buffer): void {
  const content = readFileSync(file);
  bytes.copy(content, position);
  writeFileSync(file, content);
}

function asideOf(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.damaged-`));
}

const damages: readonly { readonly what: string; readonly hurt: (file: string) => void }[] = [
  { what: 'is noise', hurt: (file) => writeFileSync(file, randomBytes(50_000)) },
  { what: 'is a text', hurt: (file) => writeFileSync(file, 'not a database\n'.repeat(1_000)) },
  { what: 'is zeros', hurt: (file) => writeFileSync(file, Buffer.alloc(statSync(file).size)) },
  { what: 'is cut in half', hurt: (file) => truncateSync(file, statSync(file).size >> 1) },
  { what: 'is cut within a page', hurt: (file) => truncateSync(file, statSync(file).size - 1_000) },
  { what: 'is cut to a few bytes', hurt: (file) => truncateSync(file, 100) },
  { what: 'has noise in its header', hurt: (file) => overwrite(file, 0, randomBytes(64)) },
  { what: 'has noise in one page', hurt: (file) => overwrite(file, 4_096 * 40, randomBytes(4_096)) },
  { what: 'has zeros in one page', hurt: (file) => overwrite(file, 4_096 * 60, Buffer.alloc(4_096)) },
];

describe('a damaged index', () => {
  for (const { what, hurt } of damages) {
    it(`is moved aside and begun anew when its file ${what}`, (t) => {
      const { file, clock, lines, open, indexId } = filled(t);
      hurt(file);
      const damaged = readFileSync(file);
      const index = open();
      assert.equal(index.activity.list()[0]?.code, 'INDEX_DAMAGED');
      assert.equal(index.isFresh, true);
      assert.equal(index.lastSequence(), 0);
      assert.notEqual(index.indexId, indexId);
      assert.equal(index.put(fileRow('a')), 1);
      const [aside = ''] = asideOf(file).filter((name) => !/-(wal|shm)$/.test(name));
      assert.equal(aside, `${basename(file)}.damaged-${clock.now()}`);
      assert.ok(readFileSync(`${dirname(file)}/${aside}`).equals(damaged));
      assert.match(lines.join('\n'), /^error: The index was damaged and is rebuilt/);
    });
  }

  it('does not take the name of one that was damaged in the same millisecond', (t) => {
    const { file, open } = filled(t);
    for (const expected of [1, 2, 3]) {
      writeFileSync(file, randomBytes(5_000));
      open().close();
      assert.equal(asideOf(file).length, expected);
    }
  });

  it('does not play its journal into the new one', (t) => {
    const { file, open } = filled(t);
    const old = open();
    old.put(fileRow('a'));
    const journal = readFileSync(`${file}-wal`);
    old.close();
    writeFileSync(file, randomBytes(statSync(file).size));
    writeFileSync(`${file}-wal`, journal);
    const index = open();
    assert.equal(index.isFresh, true);
    assert.equal(index.put(fileRow('b')), 1);
    assert.deepEqual(pathsOf(index.rows('static')), ['b']);
    assert.equal(asideOf(file).filter((name) => !/-(wal|shm)$/.test(name)).length, 1);
  });

  it('is whole when all of it is in the journal still', (t) => {
    const { file, lines, open } = createBench(t);
    const old = open();
    for (const path of ['a', 'b', 'c']) old.put(fileRow(path));
    const journal = readFileSync(`${file}-wal`);
    old.close();
    writeFileSync(file, randomBytes(statSync(file).size));
    writeFileSync(`${file}-wal`, journal);
    const index = open();
    assert.equal(index.indexId, old.indexId);
    assert.deepEqual(pathsOf(index.rows('static')), ['a', 'b', 'c']);
    assert.deepEqual(lines, []);
  });

  it('is found whole again after it was moved aside once', (t) => {
    const { file, open } = filled(t);
    writeFileSync(file, randomBytes(5_000));
    const first = open();
    first.put(fileRow('a'));
    first.close();
    const second = open();
    assert.equal(second.indexId, first.indexId);
    assert.equal(second.isFresh, true);
    assert.equal(second.get(key('a'))?.sequence, 1);
    assert.equal(asideOf(file).length, 1);
  });
});

describe('a missing index', () => {
  const losses: readonly { readonly what: string; readonly lose: (file: string) => void }[] = [
    { what: 'file', lose: (file) => rmSync(file) },
    { what: 'directory', lose: (file) => rmSync(dirname(file), { recursive: true }) },
    { what: 'content', lose: (file) => truncateSync(file, 0) },
  ];
  for (const { what, lose } of losses) {
    it(`is begun anew when its ${what} is gone`, (t) => {
      const { file, lines, open, indexId } = filled(t);
      lose(file);
      const index = open();
      assert.equal(index.isFresh, true);
      assert.notEqual(index.indexId, indexId);
      assert.equal(index.lastSequence(), 0);
      assert.deepEqual(lines, []);
      assert.ok(existsSync(file));
    });
  }

  it('does not play an old journal into the new one', (t) => {
    const { file, open } = createBench(t);
    const index = open();
    for (const path of ['a', 'b', 'c']) index.put(fileRow(path));
    const journal = readFileSync(`${file}-wal`);
    index.close();
    rmSync(file);
    writeFileSync(`${file}-wal`, journal);
    const again = open();
    assert.equal(again.isFresh, true);
    assert.deepEqual(again.rows('static'), []);
    assert.equal(again.put(fileRow('d')), 1);
  });
});
