// `npm run coverage`: which lines of core and receiver the tests reach. Fails below 95 % of either.
// The tests of both packages run as they are, and the hostile ones of test/ that go through a whole server.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const leastPercent = 95;
const directory = join(root, 'coverage');
const npm = (...args) => run('npm', args);

rmSync(directory, { recursive: true, force: true });
mkdirSync(directory);
npm('run', '--silent', 'build');

const worst = ['core', 'receiver'].map(measure).filter(({ percent }) => percent < leastPercent);
for (const { name, percent } of worst)
  console.error(`${name}: ${percent} % of the lines are reached, ${leastPercent} % are asked for.`);
process.exitCode = worst.length > 0 ? 1 : 0;

/** Runs the tests of one package under c8 and gives the share of its lines that were reached. */
function measure(name) {
  const reports = join(directory, name);
  const include = `packages/${name}/src/**`;
  const tests = ['run', '--silent', 'test', '-w', `@lockstep/${name}`];
  run('npx', [
    'c8',
    ...['--all', '--include', include, '--exclude', '**/*.test.ts', '--exclude', '**/testing/**'],
    ...[
      '--exclude-after-remap',
      '--reporter',
      'text',
      '--reporter',
      'json-summary',
      '--reports-dir',
      reports,
    ],
    ...['--temp-directory', join(reports, 'tmp'), 'npm', ...tests],
  ]);
  const summary = JSON.parse(readFileSync(join(reports, 'coverage-summary.json'), 'utf8'));
  return { name, percent: summary.total.lines.pct };
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
