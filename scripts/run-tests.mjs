// The `test` script of every package: runs its compiled tests with Node's own runner.
// Further arguments are file filters, flags go to node: `npm test -w @lockstep/core -- decide --test-only`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleCompiled } from './bundle.mjs';
import { prepareSummary, recordFailedRun } from './summary.mjs';

/** A file whose process blocks its own timers is ended from outside after this long, in ms, and the others go on. */
const longestFileMs = 15 * 60_000;

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('-'));
const filters = args.filter((arg) => !arg.startsWith('-'));

removeStaleTests();
const found = filesBelow('dist').filter((file) => file.endsWith('.test.js'));
const selected = found.filter((file) => filters.every((filter) => file.includes(filter)));
const refusal = refuse();

if (refusal !== undefined) {
  console.error(`${manifest.name}: ${refusal}`);
  recordFailedRun(manifest.name);
  process.exitCode = 1;
} else if (found.length === 0) {
  console.log(`${manifest.name}: no tests, as its package.json says.`);
} else {
  // Packages load each other's bundles, which `tsc -b` alone would leave as they were.
  await bundleCompiled();
  run(selected);
}

/** Why the run cannot start, or undefined. */
function refuse() {
  const testless = manifest.lockstep?.tests === false;
  if (found.length > 0 && testless)
    return 'has tests: remove "lockstep": { "tests": false } from package.json.';
  if (found.length === 0 && !testless) return 'no compiled test in dist/: run `npm run build` first.';
  if (found.length > 0 && selected.length === 0) return `no test file matches ${filters.join(' and ')}.`;
  return undefined;
}

function run(files) {
  const summaryFile = prepareSummary(manifest.name);
  const reporter = pathToFileURL(fileURLToPath(new URL('summary-reporter.mjs', import.meta.url))).href;
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      '--test-concurrency=2',
      `--test-timeout=${longestFileMs}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${summaryFile}`,
      ...flags,
      ...files,
    ],
    { stdio: 'inherit' },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    if (!existsSync(summaryFile) || readFileSync(summaryFile, 'utf8') === '') recordFailedRun(manifest.name);
    process.exitCode = code ?? 1;
  });
}

/** A test that was renamed or deleted in src/ would otherwise go on running from dist/. */
function removeStaleTests() {
  for (const file of filesBelow('dist')) {
    const [, stem] = /^(.*\.test)\.(?:js|js\.map|d\.ts)$/.exec(relative('dist', file)) ?? [];
    if (stem !== undefined && !existsSync(join('src', `${stem}.ts`))) rmSync(file);
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
