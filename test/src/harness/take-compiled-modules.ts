// `node --import` this: see compiled-modules.ts.
import { register } from 'node:module';

register('./compiled-modules.js', import.meta.url);
