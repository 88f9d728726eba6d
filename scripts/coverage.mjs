// `npm run coverage`: which lines of core and receiver the tests reach. Fails below 95 % of either.
// Counted are the tests of all packages and the hostile ones, with their child processes and worker threads. Files that hold nothing but
// types or re-exports have no line that could be reached, and are left out. `--no-build` takes what is compiled already.
// Every process takes the compiled modules and not the bundles: c8 calls whatever a bundle holds reached. A process with an environment of
// its own takes bundles still; c8 leaves those out, since their maps are away meanwhile.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleCompiled } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const measured = ['core', 'receiver'];
const leastPercent = 95;
const reports = join(root, 'coverage');
const modules = pathToFileURL(join(root, 'test', 'dist', 'harness', 'take-compiled-modules.js')).href;
const tested = ['core', 'receiver', 'sender', 'monitor', 'lockstep'].map((name) => `packages/${name}/dist`);
const tests = [...tested, 'test/dist/hostile'].flatMap((folder) => filesBelow(folder, '.test.js'));

if (!process.argv.includes('--no-build')) run('npm', ['run', '--silent', 'build']);
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${modules}`;
for (const map of filesBelow('packages', '.js.map').filter((file) => /^packages\/\w+\/bundle\//u.test(file)))
  rmSync(join(root, map));
rmSync(reports, { recursive: true, force: true });
run('npx', [
  ...['c8', '--all', '--exclude-after-remap', '--exclude', '**/*.test.ts', '--exclude', '**/testing/**'],
  ...[
    '--exclude',
    '**/*.test.child.ts',
    ...measured.flatMap((name) => ['--include', `packages/${name}/src/**`]),
  ],
  ...typesOnly().flatMap((file) => ['--exclude', file]),
  ...['--reporter', 'text', '--reporter', 'json-summary', '--reports-dir', reports],
  ...['--temp-directory', join(reports, 'tmp')],
  ...[
    process.execPath,
    '--enable-source-maps',
    '--test',
    '--test-concurrency=2',
    '--test-reporter=dot',
    ...tests,
  ],
]);
await bundleCompiled();

for (const name of measured) {
  const { covered, total } = linesOf(name);
  const percent = Math.floor((covered / total) * 10_000) / 100;
  console.log(`${name}: ${covered} of ${total} lines are reached: ${percent} %`);
  if (percent < leastPercent) process.exitCode = 1;
}
if (process.exitCode === 1) console.error(`${leastPercent} % of the lines of each are asked for.`);

function linesOf(name) {
  const summary = JSON.parse(readFileSync(join(reports, 'coverage-summary.json'), 'utf8'));
  const files = Object.entries(summary).filter(([file]) => file.includes(`/packages/${name}/src/`));
  const sum = (field) => files.reduce((lines, [, file]) => lines + file.lines[field], 0);
  return { covered: sum('covered'), total: sum('total') };
}

/** Sources whose compiled form runs nothing. */
function typesOnly() {
  const code = /^(?!\s*(?:\/\/|\/\*|\*|export \{\};|export (?:\*|\{[^}]*\}) from|$))/mu;
  return measured
    .flatMap((name) => filesBelow(`packages/${name}/dist`, '.js'))
    .filter((file) => !code.test(readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//gu, '')))
    .map((file) => file.replace('/dist/', '/src/').replace(/\.js$/u, '.ts'));
}

function filesBelow(folder, end) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
