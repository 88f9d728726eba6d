import type { Random } from '../ports/random.js';

/** Randomness that a seed replays. */
export interface SeededRandom extends Random {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  /** One of the items; throws when there is none. */
  pick<T>(items: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** An independent sequence, named so that adding one draw elsewhere does not shift it. */
  fork(name: string): SeededRandom;
}

/** The same seed gives the same values on every machine (sfc32, seeded by a string hash). Not for secrets. */
export function createSeededRandom(seed: number | string): SeededRandom {
  const next = sfc32(String(seed));
  const fraction = (): number => next() / 2 ** 32;
  const word = (): string => next().toString(16).padStart(8, '0');
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return {
    fraction,
    id: () => word() + word() + word() + word(),
    below,
    chance: (probability) => fraction() < probability,
    pick: (items) => {
      const index = below(items.length);
      const item = items[index];
      if (item === undefined && index >= items.length)
        throw new RangeError('Cannot pick from an empty list.');
      return item as (typeof items)[number];
    },
    fork: (name) => createSeededRandom(`${seed}/${name}`),
  };
}

/** Small fast counter generator by Chris Doty-Humphrey; passes PractRand. Gives unsigned 32-bit words. */
function sfc32(seed: string): () => number {
  const state = new Uint32Array([hashText(seed, 1), hashText(seed, 2), hashText(seed, 3), 1]);
  const next = (): number => {
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const sum = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return sum;
  };
  for (let warmUp = 0; warmUp < 15; warmUp += 1) next();
  return next;
}

/** FNV-1a over UTF-16 units, started apart by `salt`. */
function hashText(text: string, salt: number): number {
  let hash = (0x811c9dc5 ^ Math.imul(salt, 0x9e3779b1)) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
