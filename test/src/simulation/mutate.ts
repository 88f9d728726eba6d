import { register } from 'node:module';
import { mutations } from './mutations.js';

/** Loaded by `node --import` before the code under test: the mutation named by the environment is made as its module is loaded. */
const name = process.env['LOCKSTEP_MUTATION'];
const mutation = mutations.find((each) => each.name === name);
if (mutation === undefined) throw new Error(`There is no mutation "${name ?? ''}".`);
register('./mutation-hooks.js', import.meta.url, { data: mutation });
