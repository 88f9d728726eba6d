// The long run of the fuzz test: `npm run hostile -- 100000 SEED`. Both are optional.
import { fuzz } from './fuzz.js';

const [requests = '100000', seed = String(Date.now() & 0x7fff_ffff)] = process.argv.slice(2);
console.log(`${requests} requests, seed ${seed} (give both again to repeat the run)`);
console.log(JSON.stringify(await fuzz(Number(requests), Number(seed)), null, 2));
