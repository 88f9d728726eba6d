import { access, signature } from './access.js';
import { decide } from './decide.js';
import type { Mutant } from './mutant.js';
import { packed } from './packed.js';
import { links, paths } from './paths.js';

/** All of them: path safety, links, signature, access, compressed bodies, and the rule that decides between two versions. */
export const mutants: readonly Mutant[] = [...paths, ...links, ...signature, ...access, ...packed, ...decide];
