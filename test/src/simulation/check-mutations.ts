import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mutations, type Mutation } from './mutations.js';

/** `node check-mutations.js [COUNT] [WORD]`: says for each mutation (with this word in its name) which seed finds it. */
const [count = '1000', word = ''] = process.argv.slice(2);

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

function play({ name }: Mutation): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', here('mutate.js'), here('find-failure.js'), count],
    { encoding: 'utf8', env: { ...process.env, LOCKSTEP_MUTATION: name } },
  );
  return stdout.trim() === '' ? stderr.trim().slice(0, 2_000) : stdout.trim();
}

let survived = 0;
for (const mutation of mutations.filter(({ name }) => name.includes(word))) {
  const found = play(mutation);
  if (found.includes('"failure":null')) survived += 1;
  console.log(`${mutation.name}: ${found}`);
}
console.log(`${survived} mutations survived ${count} seeds`);
process.exitCode = survived === 0 ? 0 : 1;
