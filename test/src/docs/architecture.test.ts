import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../structure/source-files.js';
import { codeWords, exists, plain, readDocument, section, tableRows } from './document.js';

const page = readDocument('docs/architecture.md');

function foldersBelow(path: string): string[] {
  return readdirSync(join(repositoryRoot, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'dist'].includes(entry.name))
    .map((entry) => entry.name)
    .sort();
}

describe('docs/architecture.md', () => {
  const rows = tableRows(section(page, 'I want to change … → go to …'));

  it('tells of twenty changes and more where to go', () => {
    assert.ok(rows.length >= 20, `${rows.length} rows`);
  });

  for (const row of rows) {
    it(`sends whoever wants to change ${row['I want to change …']} to files that exist`, () => {
      const places = codeWords(row['go to …'] ?? '').filter(
        (word) => word.includes('/') && !word.startsWith('/'),
      );
      assert.ok(places.length > 0);
      assert.deepEqual(
        places.filter((place) => !exists(place)),
        [],
      );
    });
  }

  it('lists every package and every layer of core', () => {
    const part = section(page, 'Packages and layers');
    const packages = tableRows(part).flatMap(
      (row) => /\((?:\.\.\/)([^)]+)\)/u.exec(row['package'] ?? '')?.[1] ?? [],
    );
    const expected = [
      ...foldersBelow('packages').map((name) => `packages/${name}`),
      ...foldersBelow('apps').map((name) => `apps/${name}`),
    ];
    assert.deepEqual(packages.sort(), expected.sort());
    const layers = tableRows(part).flatMap((row) =>
      row['layer'] === undefined ? [] : [plain(row['layer'])],
    );
    assert.deepEqual(layers.sort(), foldersBelow('packages/core/src'));
  });
});
