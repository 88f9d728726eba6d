import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSeededRandom, type SeededRandom } from './seeded-random.js';

const draws = (random: SeededRandom, count = 8): number[] =>
  Array.from({ length: count }, () => random.fraction());

describe('seeded random', () => {
  it('gives the same values for the same seed, on every machine', () => {
    assert.deepEqual(draws(createSeededRandom(7)), draws(createSeededRandom(7)));
    assert.equal(createSeededRandom(7).id(), createSeededRandom('7').id());
    assert.notDeepEqual(draws(createSeededRandom(7)), draws(createSeededRandom(8)));
  });

  it('gives fractions from 0 up to 1 that are spread evenly', () => {
    const random = createSeededRandom('spread');
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const fraction of draws(random, 20_000)) {
      assert.ok(fraction >= 0 && fraction < 1);
      const tenth = Math.floor(fraction * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) assert.ok(Math.abs(count - 2_000) < 200, `${tenths.join(' ')}`);
  });

  it('gives identities of 32 hex digits that do not repeat', () => {
    const random = createSeededRandom(1);
    const ids = Array.from({ length: 1_000 }, () => random.id());
    assert.equal(new Set(ids).size, 1_000);
    for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
  });

  it('picks every item sooner or later, and nothing from nothing', () => {
    const random = createSeededRandom(1);
    const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', undefined])));
    assert.deepEqual(picked, new Set(['a', 'b', undefined]));
    assert.throws(() => random.pick([]), RangeError);
  });

  it('forks sequences that do not depend on what was drawn before', () => {
    const fresh = createSeededRandom(1);
    const used = createSeededRandom(1);
    draws(used);
    assert.deepEqual(draws(fresh.fork('disk')), draws(used.fork('disk')));
    assert.notDeepEqual(draws(fresh.fork('disk')), draws(fresh.fork('network')));
  });
});
