import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { VersionOrder, VersionVector } from '../model/version-vector.js';
import { versionOf } from '../testing/entries.js';
import { bump, compare, emptyVersion, formatVersion, join } from './version.js';

type Counters = Readonly<Record<string, number>>;
const rows: readonly (readonly [why: string, a: Counters, b: Counters, order: VersionOrder])[] = [
  ['two empty versions are equal', {}, {}, 'equal'],
  ['the same counters are equal', { a: 2, b: 1 }, { b: 1, a: 2 }, 'equal'],
  ['a counter of 0 is like no counter', { a: 1, b: 0 }, { a: 1 }, 'equal'],
  ['a higher counter is newer', { a: 2 }, { a: 1 }, 'newer'],
  ['one more node is newer', { a: 1, b: 1 }, { a: 1 }, 'newer'],
  ['anything is newer than the empty version', { a: 1 }, {}, 'newer'],
  ['each has a change that the other has not seen', { a: 1 }, { b: 1 }, 'concurrent'],
  ['a higher and a lower counter are concurrent', { a: 2, b: 1 }, { a: 1, b: 2 }, 'concurrent'],
];
const mirrored: Readonly<Record<VersionOrder, VersionOrder>> = {
  equal: 'equal',
  newer: 'older',
  older: 'newer',
  concurrent: 'concurrent',
};

describe('versions compare', () => {
  for (const [why, a, b, order] of rows) {
    it(`so that ${why}`, () => {
      assert.equal(compare(versionOf(a), versionOf(b)), order);
      assert.equal(compare(versionOf(b), versionOf(a)), mirrored[order]);
    });
  }
});

describe('a bump', () => {
  it('takes the unix time in seconds when that is higher than the next counter', () => {
    assert.deepEqual(
      bump(versionOf({ a: 3, b: 9 }), 'a', 1_700_000_000_999),
      versionOf({ a: 1_700_000_000, b: 9 }),
    );
  });

  it('counts on by one when the clock is behind', () => {
    assert.deepEqual(bump(versionOf({ a: 1_700_000_000 }), 'a', 5_000), versionOf({ a: 1_700_000_001 }));
  });

  it('leaves the version it was given as it was', () => {
    const version = versionOf({ a: 1 });
    bump(version, 'a', 0);
    assert.deepEqual(version, versionOf({ a: 1 }));
  });
});

const versions: fc.Arbitrary<VersionVector> = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.nat({ max: 3 })))
  .map((pairs) => new Map(pairs));

describe('versions always', () => {
  it('join to the least version that has seen both', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, other) => {
        const joined = join(a, b);
        const covers = (x: typeof a, y: typeof a) => ['newer', 'equal'].includes(compare(x, y));
        assert.ok(covers(joined, a) && covers(joined, b));
        if (covers(other, a) && covers(other, b)) assert.ok(covers(other, joined));
      }),
    );
  });

  it('join alike in any order and grouping', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        assert.equal(formatVersion(join(a, b)), formatVersion(join(b, a)));
        assert.equal(formatVersion(join(join(a, b), c)), formatVersion(join(a, join(b, c))));
        assert.equal(formatVersion(join(a, a)), formatVersion(a));
      }),
    );
  });

  it('are newer after a bump, and newer than the empty version', () => {
    fc.assert(
      fc.property(versions, fc.constantFrom('a', 'd'), fc.nat({ max: 9_000 }), (version, node, nowMs) => {
        assert.equal(compare(bump(version, node, nowMs), version), 'newer');
        assert.equal(compare(bump(emptyVersion, node, nowMs), emptyVersion), 'newer');
      }),
    );
  });

  it('are written alike exactly when they are equal', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        assert.equal(formatVersion(a) === formatVersion(b), compare(a, b) === 'equal');
      }),
    );
    assert.equal(formatVersion(versionOf({ b: 2, a: 1, z: 0 })), '[["a",1],["b",2]]');
  });
});
