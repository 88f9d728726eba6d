import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasSize } from '../measure/expectation.js';
import { filesBelow } from '../measure/tree-digest.js';
import type { Workload } from '../plan/stage.js';
import { copyTree } from './content.js';

/** Exact versions, so that every run copies the same tree. */
const packages = ['three@0.169.0', 'bootstrap@5.3.3', 'monaco-editor@0.52.0'];

/**
 * A tree that people really deploy, copied in at once. Fetched from the npm registry into `cache` the first time. Hidden files are left
 * out: some tools do not synchronise them by default.
 */
export function realTree(cache: string): Workload {
  const tree = join(cache, 'real-tree');
  return {
    id: 'real-tree',
    title: 'copy in a real tree (three, bootstrap, monaco-editor)',
    peers: 1,
    suits: (rival) => rival.id !== 'bare-app',
    seed: () => fetchTree(cache, tree),
    run: async (stage) => {
      await stage.start();
      const [source = '', target = ''] = stage.roots;
      const paths = filesBelow(tree);
      const expectations = paths.map((path) =>
        hasSize(join(target, 'real-tree', path), statSync(join(tree, path)).size),
      );
      return stage.timed(async () => {
        const before = performance.now();
        const copied = copyTree(tree, source);
        if (stage.running().changed !== undefined) await copied;
        stage.running().changed?.(paths.map((path) => `real-tree/${path}`));
        const seen = await stage.until(expectations);
        await copied;
        return [
          { name: 'time', value: (seen - before) / 1000, unit: 's' },
          { name: 'files', value: paths.length, unit: 'n' },
        ];
      });
    },
  };
}

function fetchTree(cache: string, tree: string): void {
  if (existsSync(tree)) return;
  const unpacking = join(cache, 'unpacking');
  rmSync(unpacking, { recursive: true, force: true });
  mkdirSync(unpacking, { recursive: true });
  const install = [
    'install',
    '--prefix',
    unpacking,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  const { status, stderr } = spawnSync('npm', [...install, ...packages], { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`Fetching ${packages.join(', ')} with npm failed: ${stderr.trim().slice(-300)}`);
  const modules = join(unpacking, 'node_modules');
  const made = join(unpacking, 'real-tree');
  for (const name of readdirSync(modules))
    if (!name.startsWith('.'))
      cpSync(join(modules, name), join(made, name), {
        recursive: true,
        filter: (file) => !/\/\.[^/]*$/.test(file),
      });
  renameSync(made, tree);
  rmSync(unpacking, { recursive: true, force: true });
}
