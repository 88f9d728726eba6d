import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourceFiles, type SourceFile } from './source-files.js';

const maxLines = 250;

describe('every source file', () => {
  it(`has at most ${maxLines} lines, tests aside`, () => {
    const long = sourceFiles
      .filter((file) => !file.isTest)
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > maxLines);
    assert.deepEqual(long, []);
  });

  it('is called by what it does: no utils, helpers, common, manager or service', () => {
    const vague = /(?:^|[-./])(?:utils?|helpers?|common|managers?|services?|misc|shared)(?:[-./]|$)/iu;
    assert.deepEqual(
      sourceFiles.map(({ path }) => path).filter((path) => vague.test(path)),
      [],
    );
  });

  it('has a name in kebab-case', () => {
    const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*\.ts$/u;
    const wrong = sourceFiles
      .map(({ path }) => path)
      .filter((path) => !kebab.test(path.split('/').at(-1) ?? ''));
    assert.deepEqual(wrong, []);
  });

  it('imports files that exist', () => {
    const known = new Set(sourceFiles.map(({ path }) => path));
    const wrong = sourceFiles.flatMap(({ path, imports }) =>
      imports
        .filter(({ file }) => file !== null && !known.has(file))
        .map(({ module }) => `${path} imports ${module}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('leaves no cycle of imports behind at run time', () => {
    assert.deepEqual(findCycle(sourceFiles), []);
  });
});

describe('an index.ts of a package', () => {
  const doors = sourceFiles.filter(({ path }) => path.startsWith('packages/') && path.endsWith('/index.ts'));
  for (const { path, text } of doors) {
    it(`only re-exports: ${path}`, () => {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gmu, '');
      const rest = code.replaceAll(
        /export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']+';/gu,
        '',
      );
      assert.equal(rest.trim(), '');
    });
  }
});

/** The files of one cycle in order, empty when there is none. */
function findCycle(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const way: string[] = [];

  const visit = (path: string): string[] => {
    if (finished.has(path)) return [];
    const at = way.indexOf(path);
    if (at !== -1) return [...way.slice(at), path];
    way.push(path);
    for (const { file, isType } of byPath.get(path)?.imports ?? []) {
      const cycle = file === null || isType ? [] : visit(file);
      if (cycle.length > 0) return cycle;
    }
    way.pop();
    finished.add(path);
    return [];
  };

  for (const { path } of files) {
    const cycle = visit(path);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
