import { runSeed } from './world.js';

/** `node test/dist/simulation/replay.js SEED [closely]`: plays one seed again and prints what happened, closely every recorded row too. */
const [seed = '1', closely] = process.argv.slice(2);
const { failures, steps, plan } = await runSeed(seed, {
  onTrace: (line) => console.log(line),
  isClose: closely === 'closely',
});
console.log(JSON.stringify(plan));
console.log(failures.length === 0 ? `seed ${seed}: all is well after ${steps} steps` : failures.join('\n'));
process.exitCode = failures.length === 0 ? 0 : 1;
