// `npm test`: everything that must hold, from a fresh clone. `npm test -- --only core` builds and tests one package.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { clearSummaries, readSummaries } from './summary.mjs';
import { repositoryRoot, runTurbo } from './turbo.mjs';

const folders = {
  core: 'packages/core',
  sender: 'packages/sender',
  receiver: 'packages/receiver',
  monitor: 'packages/monitor',
  lockstep: 'packages/lockstep',
  demo: 'apps/demo',
  test: 'test',
  bench: 'bench',
};

const only = readOnly();
const failed = [];

phase('install', () => ensureInstalled()) && runPhases();
report();

function runPhases() {
  clearSummaries();
  const filter = only === undefined ? [] : [`--filter=${only}`];
  if (only === undefined || only === '@lockstep/test') phase('browser', () => ensureChromium());
  if (only === undefined) {
    phase('format', () => npmRun('format:check'));
    phase('lint', () => npmRun('lint'));
  } else {
    console.log(`Only ${only}: format and lint are left out.`);
  }
  const built = phase(
    'build',
    () => runTurbo(['run', 'build', '--output-logs=errors-only', ...filter]) === 0,
  );
  if (!built) return;
  phase(
    'test',
    () =>
      runTurbo([
        'run',
        'test',
        '--concurrency=1',
        '--continue',
        '--output-logs=full',
        '--log-prefix=none',
        '--only', // what the tests depend on was built just now
        ...filter,
      ]) === 0,
  );
}

/** Runs one phase and prints how long it took; gives whether it succeeded. */
function phase(name, run) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const succeeded = run();
  if (!succeeded) failed.push(name);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`── ${name}: ${succeeded ? 'ok' : 'FAILED'}, ${seconds} s`);
  return succeeded;
}

function report() {
  const tests = failed.includes('install') ? { passed: 0, failed: 0 } : readSummaries();
  if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}.`);
  console.log(`\n${tests.passed} passed, ${tests.failed} failed`);
  process.exitCode = failed.length > 0 || tests.failed > 0 ? 1 : 0;
}

function npmRun(script) {
  const options = { cwd: repositoryRoot, stdio: 'inherit', shell: process.platform === 'win32' };
  return spawnSync('npm', ['run', '--silent', script], options).status === 0;
}

/** The package named after `--only` ("core" or "@lockstep/core"), as its full name; undefined without it. */
function readOnly() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only === undefined) return undefined;
  const folder = folders[values.only.replace(/^@lockstep\//, '')];
  if (folder === undefined) {
    console.error(`--only "${values.only}": no such package. There are: ${Object.keys(folders).join(', ')}.`);
    process.exit(2);
  }
  return JSON.parse(readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')).name;
}
