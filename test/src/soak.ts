import { parseArgs } from 'node:util';
import { explain, seedsFrom, sweepSeeds } from './simulation/sweep.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    from: { type: 'string' },
    failures: { type: 'string', default: '10' },
  },
});
const minutes = Number(values.minutes);
const from = Number(values.from ?? Math.floor(Date.now() / 1000) * 1_000);
const startedMs = performance.now();
const everyMs = 60_000;
let runs = 0;
let reportedMs = startedMs;

/** Tells once a minute that it goes on. */
function isOver(): boolean {
  const nowMs = performance.now();
  if (nowMs - reportedMs > everyMs) {
    reportedMs = nowMs;
    console.log(`${runs} seeds in ${Math.round((nowMs - startedMs) / 60_000)} minutes`);
  }
  runs += 1;
  return nowMs - startedMs > minutes * 60_000;
}

console.log(`Simulation for ${minutes} minutes (--minutes), from seed ${from} (--from)`);
const sweep = await sweepSeeds(seedsFrom(from, Number.MAX_SAFE_INTEGER), {
  isOver,
  mostFailures: Number(values.failures),
});
console.log(`${sweep.runs} seeds, ${sweep.steps} steps, ${sweep.failed.length} failed`);
for (const outcome of sweep.failed) console.log(`\n${explain(outcome)}`);
process.exitCode = sweep.failed.length === 0 ? 0 : 1;
