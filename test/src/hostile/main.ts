// The long run of the hostile tests: `npm run hostile -- 100000 SEED`. Both are optional.
import { fuzz } from './fuzz.js';
import { measureStrangers } from './strangers.js';

const [requests = '100000', seed = String(Date.now() & 0x7fff_ffff)] = process.argv.slice(2);
console.log('10,000 requests without the secret:', JSON.stringify(await measureStrangers(10_000), null, 2));
console.log(`${requests} generated requests, seed ${seed} (give both again to repeat the run):`);
console.log(JSON.stringify(await fuzz(Number(requests), Number(seed)), null, 2));
