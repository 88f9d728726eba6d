import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../structure/source-files.js';
import { mutants } from './list.js';

test('every mutant still finds the place that it changes, once, and its tests', () => {
  const lost: string[] = [];
  for (const { what, file, from, to, tests } of mutants) {
    const source = readFileSync(join(repositoryRoot, file), 'utf8');
    const places = source.split(from).length - 1;
    if (places !== 1) lost.push(`${what}: ${file} has "${from}" ${places} times`);
    if (from === to) lost.push(`${what}: changes nothing`);
    for (const each of tests)
      if (!existsSync(join(repositoryRoot, each))) lost.push(`${what}: ${each} is gone`);
  }
  assert.deepEqual(lost, []);
});
