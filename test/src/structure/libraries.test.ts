import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { productionFiles, workspaces, type SourceFile } from './source-files.js';

/** The one place of each library: a change of library, or of its release, is a change there. */
const homes: Readonly<Record<string, RegExp>> = {
  express: /^packages\/(?:receiver|monitor)\/src\/http\/|^apps\//u,
  chokidar: /^packages\/sender\/src\/watch\/[^/]*watcher\.ts$/u,
  axios: /^packages\/sender\/src\/deliver\/(?:signing-axios|http-[a-z]+)\.ts$/u,
  'axios-retry': /^packages\/sender\/src\/deliver\/(?:signing-axios|http-[a-z]+)\.ts$/u,
  multer: /^packages\/receiver\/src\/intake\/|^apps\//u,
  'better-sqlite3': /^packages\/core\/src\/node\/sqlite\//u,
  pino: /^packages\/core\/src\/node\/pino-log\.ts$/u,
  zod: /^packages\/core\/src\/wire\//u,
  ignore: /^packages\/core\/src\/rules\/ignore-patterns\.ts$/u,
  'prom-client': /^packages\/monitor\/src\/metrics\//u,
  ejs: /^packages\/monitor\/src\/view\/|^apps\//u,
};

const shipped = workspaces
  .filter((workspace) => /^(?:packages|apps)\//u.test(workspace))
  .flatMap(productionFiles);

function users(library: string): SourceFile[] {
  return shipped.filter((file) =>
    file.imports.some(
      ({ module, isType }) => !isType && (module === library || module.startsWith(`${library}/`)),
    ),
  );
}

describe('each library has one home', () => {
  for (const [library, home] of Object.entries(homes)) {
    it(library, () => {
      const paths = users(library).map((file) => file.path);
      assert.ok(
        paths.length > 0,
        `nothing imports ${library}: take it out of this table and of package.json`,
      );
      assert.deepEqual(
        paths.filter((path) => !home.test(path)),
        [],
      );
    });
  }

  it('and no library comes in without a home', () => {
    const known = new Set([...Object.keys(homes), 'helmet', 'lockstep']);
    const strangers = shipped.flatMap((file) =>
      file.imports
        .map(({ module }) => module)
        .filter((module) => !/^(?:\.|node:|@lockstep\/)/u.test(module) && !known.has(packageOf(module)))
        .map((module) => `${file.path} imports ${module}`),
    );
    assert.deepEqual(strangers, []);
  });
});

function packageOf(module: string): string {
  const parts = module.split('/');
  return parts.slice(0, module.startsWith('@') ? 2 : 1).join('/');
}

describe('time and chance are injected', () => {
  const replayable = ['packages/core/src/', 'packages/sender/src/', 'packages/receiver/src/'];
  /** The adapters to the system itself, and to what moves in real time there. */
  const adapters =
    /^packages\/core\/src\/(?:node|testing)\/|^packages\/sender\/src\/watch\/(?:[^/]*watcher|listing-rest)\.ts$/u;

  for (const call of [
    /\bDate\.now\(/u,
    /\bnew Date\(\)/u,
    /\bMath\.random\(/u,
    /\bsetTimeout\(/u,
    /\bsetInterval\(/u,
  ]) {
    it(`nothing but the adapters uses ${call.source.replaceAll('\\b', '').replaceAll('\\', '')}`, () => {
      const wrong = shipped
        .filter(({ path }) => replayable.some((root) => path.startsWith(root)) && !adapters.test(path))
        .filter(({ text }) => call.test(text))
        .map(({ path }) => path);
      assert.deepEqual(wrong, []);
    });
  }
});
