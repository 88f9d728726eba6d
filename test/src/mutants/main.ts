// `npm run mutants`: makes each mistake of the list in turn and names those that no test notices. Arguments: words to select by.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../structure/source-files.js';
import { mutants } from './list.js';
import type { Mutant } from './mutant.js';

const timeoutMs = 120_000;
const preload = fileURLToPath(new URL('preload.js', import.meta.url));
const words = process.argv.slice(2);
const selected = mutants.filter(({ what, file }) => words.every((word) => `${what} ${file}`.includes(word)));
const survivors: Mutant[] = [];

// A test that fails anyway would kill every mutant.
const broken = [...new Set(selected.flatMap(({ tests }) => tests))].filter((test) => failsWith(test, null));
if (broken.length > 0) throw new Error(`Fails without any mutant: ${broken.join(', ')}. Mend it first.`);

for (const mutant of selected) {
  const killer = mutant.tests.find((test) => failsWith(test, mutant));
  console.log(
    `${killer === undefined ? 'SURVIVES' : 'killed'}  ${mutant.what}  (${mutant.file}${killer === undefined ? '' : `, by ${killer}`})`,
  );
  if (killer === undefined && mutant.survives === undefined) survivors.push(mutant);
}
console.log(`${selected.length - survivors.length} of ${selected.length} mutants are killed or explained.`);
process.exitCode = survivors.length > 0 ? 1 : 0;

/** True when the test notices: it fails, or never ends. */
function failsWith(test: string, mutant: Mutant | null): boolean {
  const change = mutant && { file: mutant.file, from: mutant.from, to: mutant.to };
  const { status } = spawnSync(process.execPath, ['--import', preload, test], {
    cwd: repositoryRoot,
    timeout: timeoutMs,
    stdio: 'ignore',
    env: { ...process.env, MUTANT: JSON.stringify(change) },
  });
  return status !== 0;
}
