import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { productionFiles, repositoryRoot, workspaces, type SourceFile } from './source-files.js';

const published = workspaces.filter((workspace) => workspace.startsWith('packages/'));

/** What a source names by its own place, as written. */
function placesNamed({ text }: SourceFile): string[] {
  const named = text.matchAll(/new URL\(\s*'([^']+)',\s*import\.meta\.url\s*\)/gu);
  return [...named].map(([, place = '']) => place);
}

describe('what a source names by its own place is there from the bundle too', () => {
  const naming = published
    .flatMap(productionFiles)
    .flatMap((file) => placesNamed(file).map((place) => ({ file, place })));

  it('is named by sources of several packages', () => {
    assert.ok(new Set(naming.map(({ file }) => file.workspace)).size > 1);
  });

  for (const { file, place } of naming) {
    it(`${file.path} names ${place}`, () => {
      if (place.startsWith('../')) {
        assert.ok(!file.place.includes('/'), 'only a source at the top is one level below package.json');
        assert.ok(existsSync(join(repositoryRoot, file.workspace, 'bundle', place)), 'no such file');
      } else {
        assert.match(place, /^\.\/[\w-]+\.js$/u);
        assert.ok(existsSync(join(repositoryRoot, file.workspace, 'bundle', place)), 'no such program');
      }
    });
  }
});
