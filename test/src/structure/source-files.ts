import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** The workspaces, as paths from the repository's root. */
export const workspaces: readonly string[] = ['packages', 'apps']
  .flatMap((parent) => readdirSync(join(repositoryRoot, parent)).map((name) => `${parent}/${name}`))
  .concat('test', 'bench');

/** One import or re-export of a source file. */
export interface Import {
  /** As written: `../model/error.js`, `node:fs`, `express`. */
  readonly module: string;
  /** A relative module as a path from the repository's root, with `.ts`; null for a package. */
  readonly file: string | null;
  /** True for `import type`: nothing of it remains when the program runs. */
  readonly isType: boolean;
}

/** One TypeScript source. Paths are from the repository's root, with slashes. */
export interface SourceFile {
  readonly path: string;
  /** `packages/core`. */
  readonly workspace: string;
  /** Path below the workspace's `src`: `rules/decide.ts`. */
  readonly place: string;
  /** A test, or what only tests use. */
  readonly isTest: boolean;
  readonly text: string;
  readonly imports: readonly Import[];
}

const staticImport = /^(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]*?\sfrom\s+)?'([^'\n]+)'/gmu;
const dynamicImport = /\b(?:import|require)\(\s*'([^'\n]+)'\s*\)/gu;

/** Every TypeScript source of the repository. */
export const sourceFiles: readonly SourceFile[] = workspaces.flatMap(readWorkspace);

/** The sources of one workspace that run in production. */
export function productionFiles(workspace: string): readonly SourceFile[] {
  return sourceFiles.filter((file) => file.workspace === workspace && !file.isTest);
}

function readWorkspace(workspace: string): SourceFile[] {
  const root = join(repositoryRoot, workspace, 'src');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.split(sep).join('/'))
    .sort()
    .map((place) => {
      const path = `${workspace}/src/${place}`;
      const text = readFileSync(join(repositoryRoot, path), 'utf8');
      // In core, testing/ is a layer of its own that other packages use; elsewhere it serves the tests beside it.
      const isSupport = workspace !== 'packages/core' && place.startsWith('testing/');
      const isTest = isSupport || /\.test\./u.test(basename(place));
      return { path, workspace, place, isTest, text, imports: importsOf(path, text) };
    });
}

function importsOf(path: string, text: string): Import[] {
  const written = [
    ...[...text.matchAll(staticImport)].map(([, type, module]) => ({ module, isType: type !== undefined })),
    ...[...text.matchAll(dynamicImport)].map(([, module]) => ({ module, isType: false })),
  ];
  return written.flatMap(({ module, isType }) =>
    module === undefined
      ? []
      : [{ module, isType, file: module.startsWith('.') ? resolveFile(path, module) : null }],
  );
}

function resolveFile(from: string, module: string): string {
  const target = resolve(repositoryRoot, dirname(from), module);
  return relative(repositoryRoot, target).split(sep).join('/').replace(/\.js$/u, '.ts');
}
