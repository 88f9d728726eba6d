// Bundles the compiled package of the working directory: `dist/` becomes a few files in `bundle/`, which Node loads in less time than
// hundreds. Part of the `build` script of every package that is published.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './turbo.mjs';

/** What a package starts by its file name, besides what its `exports` give. */
const programs = { '@lockstep/core': ['dist/node/work-thread-main.js'] };

/**
 * Brings `bundle/` of the package in this folder to the state of its `dist/`. All files lie side by side there, one level below package.json
 * as the modules at the top of `dist/` are, so that what such a module, or one that names its neighbour, finds by `import.meta.url`, it
 * finds from the bundle too. All entries are built in one run: what they share is in files of its own, and each class exists once.
 */
export async function bundlePackage(folder) {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: [
      ...Object.values(exports).map(({ types, default: bundled }) => ({
        in: types.replace(/\.d\.ts$/u, '.js'),
        out: basename(bundled, '.js'),
      })),
      ...(programs[name] ?? []).map((program) => ({ in: program, out: basename(program, '.js') })),
    ],
    outdir: 'bundle',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    sourcemap: true,
    write: false,
    logLevel: 'warning',
  });
  writeFiles(join(folder, 'bundle'), outputFiles);
}

/** Does so for every package that is compiled. */
export async function bundleCompiled() {
  const packages = join(repositoryRoot, 'packages');
  const folders = readdirSync(packages).map((name) => join(packages, name));
  await Promise.all(folders.filter((folder) => existsSync(join(folder, 'dist'))).map(bundlePackage));
}

/** Leaves exactly these files in the folder. What is as it should be is not touched: something may be loading it. */
function writeFiles(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of files) if (!holds(path, contents)) writeFileSync(path, contents);
  const wanted = new Set(files.map(({ path }) => basename(path)));
  for (const name of readdirSync(folder))
    if (!wanted.has(name)) rmSync(join(folder, name), { recursive: true });
}

function holds(path, contents) {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePackage(process.cwd());
