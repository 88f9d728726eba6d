// Faults at length: `node test/dist/faults/fault-soak.js [runs] [first seed]`. Ends with 1 at the first failure, which names its seed.
import { catchUpRun } from './catch-up-run.js';
import { killRun, type KillWork } from './kill-run.js';

const [runs = 20, firstSeed = 1] = process.argv.slice(2).map(Number);
const works: readonly KillWork[] = ['bulk', 'large', 'churn'];

for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
  for (const work of works) await timed(`kills during ${work}, seed ${seed}`, () => killRun(work, seed));
}
await timed('away for 50,000 changes', () => catchUpRun({ files: 60_000, changed: 40_000, deleted: 10_000 }));

async function timed(what: string, run: () => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  await run();
  console.log(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
