// `node --import` this: see hook.ts.
import { register } from 'node:module';

register('./hook.js', import.meta.url);
