import { seedsFrom, sweepSeeds } from './sweep.js';

/** `node find-failure.js COUNT [FIRST]`: plays seeds, FIRST before all others, until one fails; prints as JSON which, and what was wrong. */
const [count = '1000', first] = process.argv.slice(2);
const seeds = [...(first === undefined ? [] : [first]), ...seedsFrom(1, Number(count))];
const { runs, failed } = await sweepSeeds(seeds);
const [found] = failed;
const failure = found?.failures[0]?.split('\n')[0] ?? null;
console.log(JSON.stringify({ runs, seed: found?.seed ?? null, failure }));
