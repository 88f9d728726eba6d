import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../model/entry.js';
import { digestOf, liveEntry, tombstone, versionOf } from '../testing/entries.js';
import { decide, type Decision } from './decide.js';
import { precedes } from './precedence.js';
import { formatVersion } from './version.js';

const older = versionOf({ a: 1 });
const newer = versionOf({ a: 1, b: 1 });
const theirs = versionOf({ a: 2 });
const joined = versionOf({ a: 2, b: 1 });

/** Local entry, incoming entry, and what must come of it. */
type Row = readonly [title: string, local: Entry | undefined, incoming: Entry, decision: Decision];

const early = liveEntry('early', { version: newer, modifiedMs: 10, modifiedBy: 'b' });
const late = liveEntry('late', { version: theirs, modifiedMs: 20, modifiedBy: 'a' });
const gone = tombstone({ version: theirs, modifiedMs: 30 });

const rows: readonly Row[] = [
  ['takes a file it does not know', undefined, late, { do: 'write', entry: late, conflict: false }],
  ['records a deletion of a file it does not know', undefined, gone, { do: 'adopt', entry: gone }],
  [
    'takes a newer version',
    liveEntry('old', { version: older }),
    early,
    { do: 'write', entry: early, conflict: false },
  ],
  ['ignores an older version', early, liveEntry('old', { version: older }), { do: 'ignore' }],
  [
    'takes a newer version although its author has a clock that is behind',
    liveEntry('old', { version: older, modifiedMs: 9_999 }),
    early,
    { do: 'write', entry: early, conflict: false },
  ],
  [
    'deletes what the deletion has seen',
    liveEntry('old', { version: older }),
    gone,
    { do: 'delete', entry: gone, conflict: false },
  ],
  ['ignores an old deletion', early, tombstone({ version: older, modifiedMs: 9_999 }), { do: 'ignore' }],
  [
    'takes a file that was made anew after its deletion',
    tombstone({ version: older }),
    late,
    { do: 'write', entry: late, conflict: false },
  ],
  [
    'moves no bytes for a newer version with the same content',
    liveEntry('same', { version: older }),
    liveEntry('same', { version: newer, mode: 0o600 }),
    { do: 'adopt', entry: liveEntry('same', { version: newer, mode: 0o600 }) },
  ],
  ['ignores what it has', early, { ...early }, { do: 'ignore' }],
  [
    'joins versions and takes the later metadata when both made the same change',
    liveEntry('same', { version: newer, mode: 0o644, mtimeMs: 1, modifiedMs: 10 }),
    liveEntry('same', { version: theirs, mode: 0o600, mtimeMs: 2, modifiedMs: 20 }),
    { do: 'adopt', entry: liveEntry('same', { version: joined, mode: 0o600, mtimeMs: 2, modifiedMs: 20 }) },
  ],
  [
    'joins versions and keeps its metadata when its own are the later ones',
    liveEntry('same', { version: newer, mode: 0o644, modifiedMs: 20 }),
    liveEntry('same', { version: theirs, mode: 0o600, modifiedMs: 10 }),
    { do: 'adopt', entry: liveEntry('same', { version: joined, mode: 0o644, modifiedMs: 20 }) },
  ],
  [
    'joins the versions of two deletions',
    tombstone({ version: newer, modifiedMs: 10, keptParents: 1 }),
    tombstone({ version: theirs, modifiedMs: 20, keptParents: 2, released: true }),
    { do: 'adopt', entry: tombstone({ version: joined, modifiedMs: 20, keptParents: 2, released: true }) },
  ],
  [
    'gives a conflict to the later edit, incoming',
    early,
    late,
    { do: 'write', entry: { ...late, version: joined }, conflict: true },
  ],
  [
    'gives a conflict to the later edit, local, and wants the loser for the archive',
    late,
    early,
    { do: 'keep', entry: { ...late, version: joined }, conflict: true, loser: early },
  ],
  [
    'brings back a file that was edited here and deleted elsewhere',
    gone,
    early,
    { do: 'write', entry: { ...early, version: joined }, conflict: true },
  ],
  [
    'keeps a file that was edited here and deleted elsewhere, even later',
    early,
    gone,
    { do: 'keep', entry: { ...early, version: joined }, conflict: true, loser: gone },
  ],
  [
    'treats different contents under one version as a conflict, incoming wins',
    { ...early, version: joined },
    { ...late, version: joined },
    { do: 'write', entry: { ...late, version: joined }, conflict: true },
  ],
  [
    'treats different contents under one version as a conflict, local wins',
    { ...late, version: joined },
    { ...early, version: joined },
    { do: 'keep', entry: { ...late, version: joined }, conflict: true, loser: { ...early, version: joined } },
  ],
  [
    'prefers the file to the deletion under one version',
    { ...gone, version: joined },
    { ...early, version: joined },
    { do: 'write', entry: { ...early, version: joined }, conflict: true },
  ],
  [
    'takes the later metadata under one version without moving bytes',
    liveEntry('same', { mode: 0o644, modifiedMs: 10 }),
    liveEntry('same', { mode: 0o600, modifiedMs: 20 }),
    { do: 'adopt', entry: liveEntry('same', { mode: 0o600, modifiedMs: 20 }) },
  ],
  [
    'keeps its later metadata under one version',
    liveEntry('same', { mode: 0o600, modifiedMs: 20 }),
    liveEntry('same', { mode: 0o644, modifiedMs: 10 }),
    { do: 'ignore' },
  ],
  [
    'lets a deletion undo what a new index found on disk',
    liveEntry('old', { version: versionOf({}), modifiedMs: 9_999 }),
    gone,
    { do: 'delete', entry: gone, conflict: false },
  ],
  [
    'lets no file that a new index found undo a deletion',
    gone,
    liveEntry('old', { version: versionOf({}), modifiedMs: 9_999 }),
    { do: 'ignore' },
  ],
  [
    'settles a conflict between two new indexes',
    liveEntry('x', { version: versionOf({}), modifiedMs: 10 }),
    liveEntry('y', { version: versionOf({}), modifiedMs: 20 }),
    {
      do: 'write',
      entry: liveEntry('y', { version: versionOf({}), modifiedMs: 20 }),
      conflict: true,
    },
  ],
];

describe('a server that receives an entry', () => {
  for (const [title, local, incoming, decision] of rows) {
    it(title, () => assert.deepEqual(decide(local, incoming), decision));
  }
});

const precedenceRows: readonly (readonly [title: string, winner: Entry, loser: Entry])[] = [
  ['a live file over a later deletion', liveEntry('x', { modifiedMs: 1 }), tombstone({ modifiedMs: 2 })],
  [
    'the later change',
    liveEntry('x', { modifiedMs: 2, modifiedBy: 'a' }),
    liveEntry('y', { modifiedMs: 1, modifiedBy: 'z' }),
  ],
  [
    'at the same time, the greater node id',
    liveEntry('x', { modifiedBy: 'b' }),
    liveEntry('y', { modifiedBy: 'a' }),
  ],
  ['by the same node, the greater digest', ...byDigest('x', 'y')],
  ['of the same content, the later mtime', liveEntry('x', { mtimeMs: 2 }), liveEntry('x', { mtimeMs: 1 })],
  ['of the same mtime, the greater mode', liveEntry('x', { mode: 2 }), liveEntry('x', { mode: 1 })],
  [
    'of two deletions, the one that keeps more parents',
    tombstone({ keptParents: 2 }),
    tombstone({ keptParents: 1 }),
  ],
  ['of two deletions, the released one', tombstone({ released: true }), tombstone()],
];

describe('precedence prefers', () => {
  for (const [title, winner, loser] of precedenceRows) {
    it(title, () => {
      assert.equal(precedes(winner, loser), true);
      assert.equal(precedes(loser, winner), false);
    });
  }
});

function byDigest(one: string, other: string): [winner: Entry, loser: Entry] {
  const [first, second] = [liveEntry(one), liveEntry(other)];
  return digestOf(one) > digestOf(other) ? [first, second] : [second, first];
}

const nodes = fc.constantFrom('a', 'b', 'c');
const versions = fc
  .array(fc.tuple(nodes, fc.nat({ max: 2 })), { maxLength: 4 })
  .map((pairs) => new Map(pairs));
const common = { version: versions, modifiedMs: fc.nat({ max: 2 }), modifiedBy: nodes };
const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc
    .record({
      ...common,
      mode: fc.nat({ max: 1 }),
      mtimeMs: fc.nat({ max: 1 }),
      content: fc.constantFrom('x', 'y', 'z'),
    })
    .map(({ content, ...fields }) => liveEntry(content, fields)),
  fc
    .record({ ...common, keptParents: fc.nat({ max: 1 }), released: fc.boolean() })
    .map((fields) => tombstone(fields)),
);

/** What the index holds after the decision. */
function outcome(local: Entry | undefined, incoming: Entry): Entry | undefined {
  const decision = decide(local, incoming);
  return decision.do === 'ignore' ? local : decision.entry;
}

function written(entry: Entry | undefined): string {
  return entry === undefined
    ? 'unknown'
    : JSON.stringify({ ...entry, version: formatVersion(entry.version) });
}

describe('decisions always', () => {
  it('end alike on both sides, whoever tells the other first', () => {
    fc.assert(
      fc.property(entries, entries, (one, other) => {
        assert.equal(written(outcome(one, other)), written(outcome(other, one)));
      }),
      { numRuns: 3000 },
    );
  });

  it('change nothing when an entry arrives a second time', () => {
    fc.assert(
      fc.property(fc.option(entries, { nil: undefined }), entries, (local, incoming) => {
        const once = outcome(local, incoming);
        assert.equal(written(outcome(once, incoming)), written(once));
      }),
      { numRuns: 3000 },
    );
  });

  it('never replace or delete content that the incoming version has not seen without calling it a conflict', () => {
    fc.assert(
      fc.property(entries, entries, (local, incoming) => {
        const decision = decide(local, incoming);
        if (decision.do !== 'write' && decision.do !== 'delete') return;
        const hasSeen = [...local.version].every(
          ([node, count]) => count <= (incoming.version.get(node) ?? 0),
        );
        const isSame = formatVersion(local.version) === formatVersion(incoming.version);
        assert.equal(decision.conflict, !hasSeen || isSame);
      }),
      { numRuns: 3000 },
    );
  });
});
