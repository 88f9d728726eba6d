import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { differenceOf, digestTree } from './tree-digest.js';

test('finds a missing file, other bytes and a file too many, and passes over the marks of tools', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-bench-test-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const [one, other] = [join(directory, 'one'), join(directory, 'other')];
  for (const root of [one, other]) {
    mkdirSync(join(root, 'deep'), { recursive: true });
    writeFileSync(join(root, 'deep', 'a.txt'), 'a');
  }
  mkdirSync(join(one, '.stfolder'));
  writeFileSync(join(one, '.stfolder', 'mark'), '');
  const difference = () => differenceOf(digestTree(one), digestTree(other));
  assert.equal(difference(), null);

  writeFileSync(join(other, 'deep', 'a.txt'), 'b');
  assert.equal(difference(), 'deep/a.txt has other bytes');
  writeFileSync(join(other, 'deep', 'a.txt'), 'a');
  writeFileSync(join(other, 'b.txt'), 'b');
  assert.equal(difference(), 'b.txt is too many');
  rmSync(join(other, 'b.txt'));
  rmSync(join(other, 'deep', 'a.txt'));
  assert.equal(difference(), 'deep/a.txt is missing');
});
