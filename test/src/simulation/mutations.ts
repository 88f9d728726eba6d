/** One deliberate mistake in the compiled code of one module. */
export interface Mutation {
  readonly name: string;
  /** End of the module's URL. */
  readonly file: string;
  readonly edits: readonly Edit[];
  /** A seed that finds it: played by `npm test`. It may be another one after a change of the code or of the plans. */
  readonly seed: number;
}

/** This text, and what is put in its place. */
type Edit = readonly [find: string, replace: string];

const core = (file: string): string => `/core/dist/${file}`;
const sender = (file: string): string => `/sender/dist/${file}`;

/** Mistakes that somebody could make; each must make some seed fail. */
export const mutations: readonly Mutation[] = [
  {
    name: 'the index is written before the rename',
    file: core('replica/receive-batch.js'),
    edits: [
      [
        'const outcomes = await commitPlans(',
        "recordSteps(parts, going.map(({ step }) => ({ row: { ...step.row, stamp: 'early' }, step })), from); const outcomes = await commitPlans(",
      ],
    ],
    seed: 320,
  },
  {
    name: 'staged content is not flushed',
    file: core('work/commit-prepare.js'),
    edits: [['writer.sync().then(() => null)', 'Promise.resolve(null)']],
    seed: 62,
  },
  {
    name: 'directories are not flushed',
    file: core('work/commit-tidy.js'),
    edits: [['await way.directory.sync()', 'undefined']],
    seed: 60,
  },
  {
    name: 'the archive is not flushed before the rename',
    file: core('work/commit-prepare.js'),
    edits: [['tools.archive.sync().then(() => null)', 'Promise.resolve(null)']],
    seed: 26,
  },
  {
    name: "a conflict's outcome has the winner's version, not the join",
    file: core('rules/decide.js'),
    edits: [
      [
        'const version = join(local.version, incoming.version);',
        'const version = precedes(incoming, local) ? incoming.version : local.version;',
      ],
    ],
    seed: 25,
  },
  {
    name: 'the same content on both sides does not join the versions',
    file: core('rules/decide.js'),
    edits: [['join(local.version, incoming.version)))', 'local.version))']],
    seed: 3,
  },
  {
    name: 'a joined version is not told to the peer it was joined with',
    file: core('replica/plan-entry.js'),
    edits: [
      ["const learned = compare(entry.version, incoming.version) === 'equal';", 'const learned = true;'],
    ],
    seed: 7,
  },
  {
    name: 'nothing is archived on a conflict',
    file: core('replica/plan-entry.js'),
    edits: [
      [
        'writePlan(entry, staged, stamp, before?.digest ?? null)',
        'writePlan(entry, staged, stamp, conflict ? null : (before?.digest ?? null))',
      ],
    ],
    seed: 2,
  },
  {
    name: 'what a peer replaces is not archived',
    file: core('replica/plan-entry.js'),
    edits: [
      [
        'staged, mode, mtimeMs, expected, archiveOld };',
        'staged, mode, mtimeMs, expected, archiveOld: null };',
      ],
    ],
    seed: 2,
  },
  {
    name: 'the counters are not persisted',
    file: core('rules/observe.js'),
    edits: [['bump(previous?.version ?? emptyVersion, node, nowMs)', 'bump(emptyVersion, node, nowMs)']],
    seed: 110,
  },
  {
    name: 'an older version is accepted',
    file: core('rules/decide.js'),
    edits: [["return { do: 'ignore' };", 'return accept(local, incoming);']],
    seed: 14,
  },
  {
    name: 'equal versions are taken for the same content',
    file: core('rules/decide.js'),
    edits: [
      [
        'return hasSameContent(local, incoming)\n                ? settle(',
        'return true\n                ? settle(',
      ],
    ],
    seed: 28,
  },
  {
    name: 'an edit that the index does not know is overwritten',
    file: core('work/commit-step.js'),
    edits: [["stat.stamp === current ? null : { done: 'changed' }", "true ? null : { done: 'changed' }"]],
    seed: 15,
  },
  {
    name: 'a failed request takes its files out of the outbox',
    file: sender('deliver/delivery.js'),
    edits: [
      [
        "this.#putBack(batch);\n        if (kind === 'batch')",
        "for (const { item } of batch.pieces) this.outbox.settle(item);\n        if (kind === 'batch')",
      ],
    ],
    seed: 50,
  },
  {
    name: 'a peer that is met is taken to have everything',
    file: sender('deliver/first-meeting.js'),
    edits: [['hello.liveDigest === index.liveDigest()', 'true']],
    seed: 7,
  },
  {
    name: 'a peer that is met is taken to have every path that it lists',
    file: sender('deliver/find-known.js'),
    edits: [["decide(theirs, ours).do === 'ignore'", 'true']],
    seed: 7,
  },
  {
    name: 'indexes are never compared',
    file: sender('anti-entropy/anti-entropy.js'),
    edits: [['if (wasSuspected &&', 'if (false &&']],
    seed: 106,
  },
  {
    name: 'after a crash the archive gets no records of what it kept',
    file: core('replica/recover.js'),
    edits: [['if (adopted.length === 0)', 'if (adopted)']],
    seed: 26,
  },
  {
    name: 'the digest of what arrived is not verified',
    file: core('work/staging.js'),
    edits: [['actual === digest', 'true']],
    seed: 50,
  },
  {
    name: 'an unreadable file is taken for a deleted one',
    file: core('rules/observe.js'),
    edits: [
      [
        "case 'unreadable':\n            return { do: 'report', code: seen.code, message: seen.message };",
        "case 'unreadable':\n            return observeAbsence(input, 0);",
      ],
    ],
    seed: 44,
  },
];
