import { randomBytes } from 'node:crypto';
import type { Random } from '../ports/random.js';

/** Randomness of the operating system: identities nobody else has, and fractions nobody can predict. */
export const systemRandom: Random = {
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  id: () => randomBytes(16).toString('hex'),
};
