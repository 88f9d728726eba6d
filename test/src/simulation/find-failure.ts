import { seedsFrom, sweepSeeds } from './sweep.js';

/** `node find-failure.js COUNT`: plays seeds until one fails, and prints as JSON how many it took and what was wrong. */
const [count = '1000'] = process.argv.slice(2);
const { runs, failed } = await sweepSeeds(seedsFrom(1, Number(count)));
const failure = failed[0]?.failures[0] ?? null;
console.log(JSON.stringify({ runs, failure: failure?.split('\n')[0] ?? null }));
