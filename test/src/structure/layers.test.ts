import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { productionFiles, sourceFiles, type Import, type SourceFile } from './source-files.js';

/** What the files of each layer of core may import besides their own layer; `types` allows `import type` only. */
const layers: Readonly<
  Record<string, { readonly values: readonly string[]; readonly types: readonly string[] }>
> = {
  model: { values: [], types: [] },
  ports: { values: ['model'], types: [] },
  rules: { values: ['model'], types: ['ports'] },
  wire: { values: ['model'], types: ['ports'] },
  replica: { values: ['model', 'rules'], types: ['ports'] },
  work: { values: ['model', 'rules'], types: ['ports'] },
  node: { values: ['model', 'ports', 'rules', 'replica', 'work'], types: [] },
  testing: { values: ['model', 'ports', 'rules', 'replica', 'work', 'node', 'wire'], types: [] },
};

const core = productionFiles('packages/core');

function layerOf(place: string): string {
  return place.includes('/') ? place.slice(0, place.indexOf('/')) : '.';
}

function forbidden(file: SourceFile, allowed: (used: Import) => boolean): string[] {
  return file.imports.filter((used) => !allowed(used)).map(({ module }) => `${file.path} imports ${module}`);
}

describe('the layers of core', () => {
  for (const [layer, { values, types }] of Object.entries(layers)) {
    const files = core.filter((file) => layerOf(file.place) === layer);
    const known = [...values, ...types.map((name) => `${name} (types)`)].join(', ') || 'no other layer';
    it(`${layer} knows ${known}`, () => {
      assert.ok(files.length > 0, `no source below packages/core/src/${layer}`);
      const wrong = files.flatMap((file) =>
        forbidden(file, ({ file: target, isType }) => {
          if (target === null) return true;
          const used = layerOf(target.replace('packages/core/src/', ''));
          return used === layer || values.includes(used) || (isType && types.includes(used));
        }),
      );
      assert.deepEqual(wrong, []);
    });
  }

  it('are all the folders there are', () => {
    const found = new Set(core.map((file) => layerOf(file.place)).filter((layer) => layer !== '.'));
    assert.deepEqual([...found].sort(), Object.keys(layers).sort());
  });

  it('model, ports and rules touch neither disk nor network: of Node they import hashing only', () => {
    const pure = core.filter((file) => ['model', 'ports', 'rules'].includes(layerOf(file.place)));
    const wrong = pure.flatMap((file) =>
      forbidden(file, ({ module }) => !module.startsWith('node:') || module === 'node:crypto'),
    );
    assert.deepEqual(wrong, []);
  });
});

/** What each package may import of the others. */
const packages: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sender: ['@lockstep/core', '@lockstep/core/node'],
  receiver: ['@lockstep/core', '@lockstep/core/node'],
  monitor: ['@lockstep/core', '@lockstep/core/node'],
  lockstep: [
    '@lockstep/core',
    '@lockstep/core/node',
    '@lockstep/sender',
    '@lockstep/receiver',
    '@lockstep/monitor',
  ],
};

describe('the packages', () => {
  for (const [name, allowed] of Object.entries(packages)) {
    it(`${name} knows ${allowed.join(', ') || 'no other package'}`, () => {
      const files = productionFiles(`packages/${name}`);
      assert.ok(files.length > 0, `no source in packages/${name}`);
      const ours = (module: string): boolean => module === 'lockstep' || module.startsWith('@lockstep/');
      const wrong = files.flatMap((file) =>
        forbidden(file, ({ module }) => !ours(module) || allowed.includes(module)),
      );
      assert.deepEqual(wrong, []);
    });
  }

  it('reach each other by name, never by a path out of their own sources', () => {
    const wrong = sourceFiles.flatMap((file) =>
      forbidden(file, ({ file: target }) => target === null || target.startsWith(`${file.workspace}/src/`)),
    );
    assert.deepEqual(wrong, []);
  });
});
