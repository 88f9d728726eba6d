// The tally of test runs: each package's run leaves one small JSON file, `npm test` adds them up.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './turbo.mjs';

const summaryDir = join(repositoryRoot, 'node_modules', '.cache', 'lockstep-tests');

/** Where the run of the package leaves its tally; the folder exists afterwards, an older tally does not. */
export function prepareSummary(packageName) {
  mkdirSync(summaryDir, { recursive: true });
  const file = join(summaryDir, `${packageName.replaceAll('/', '__')}.json`);
  rmSync(file, { force: true });
  return file;
}

/** Records a run that stopped before any test could report: one failure. */
export function recordFailedRun(packageName) {
  writeFileSync(prepareSummary(packageName), JSON.stringify({ passed: 0, failed: 1 }));
}

export function clearSummaries() {
  rmSync(summaryDir, { recursive: true, force: true });
  mkdirSync(summaryDir, { recursive: true });
}

/** The sum over all runs since `clearSummaries`. */
export function readSummaries() {
  const total = { passed: 0, failed: 0 };
  for (const name of readdirSync(summaryDir)) {
    const { passed, failed } = JSON.parse(readFileSync(join(summaryDir, name), 'utf8'));
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}
