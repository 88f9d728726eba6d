/** One deliberate mistake in the compiled code: in this file, this text is replaced. */
export interface Mutation {
  readonly name: string;
  /** End of the module's URL. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const core = (file: string): string => `/core/dist/${file}`;
const sender = (file: string): string => `/sender/dist/${file}`;

/** Mistakes that somebody could make; each must make some seed fail. */
export const mutations: readonly Mutation[] = [
  {
    name: 'the index is written before the rename',
    file: core('replica/receive-batch.js'),
    find: 'const outcomes = await parts.work.commit(going',
    replace:
      "recordSteps(parts, going.map(({ step }) => ({ row: { ...step.row, stamp: 'early' }, step })), from); const outcomes = await parts.work.commit(going",
  },
  {
    name: 'staged content is not flushed',
    file: core('work/commit-prepare.js'),
    find: 'writer.sync().then(() => null)',
    replace: 'Promise.resolve(null)',
  },
  {
    name: 'directories are not flushed',
    file: core('work/commit-tidy.js'),
    find: 'await way.directory.sync()',
    replace: 'undefined',
  },
  {
    name: 'the archive is not flushed before the rename',
    file: core('work/commit-prepare.js'),
    find: 'tools.archive.sync().then(() => null)',
    replace: 'Promise.resolve(null)',
  },
  {
    name: "a conflict's outcome has the winner's version, not the join",
    file: core('rules/decide.js'),
    find: 'const version = join(local.version, incoming.version);',
    replace: 'const version = precedes(incoming, local) ? incoming.version : local.version;',
  },
  {
    name: 'the same content on both sides does not join the versions',
    file: core('rules/decide.js'),
    find: 'join(local.version, incoming.version)))',
    replace: 'local.version))',
  },
  {
    name: 'a joined version is not told to the peer it was joined with',
    file: core('replica/plan-entry.js'),
    find: "const learned = compare(entry.version, incoming.version) === 'equal';",
    replace: 'const learned = true;',
  },
  {
    name: "a conflict's incoming loser is not archived",
    file: core('replica/plan-entry.js'),
    find: "if (loser.state === 'deleted')",
    replace: 'if (loser.state)',
  },
  {
    name: 'what a peer replaces is not archived',
    file: core('replica/plan-entry.js'),
    find: 'staged, mode, mtimeMs, expected, archiveOld };',
    replace: 'staged, mode, mtimeMs, expected, archiveOld: null };',
  },
  {
    name: 'the counters are not persisted',
    file: core('rules/observe.js'),
    find: 'bump(previous?.version ?? emptyVersion, node, nowMs)',
    replace: 'bump(emptyVersion, node, nowMs)',
  },
  {
    name: 'an older version is accepted',
    file: core('rules/decide.js'),
    find: "return { do: 'ignore' };",
    replace: 'return accept(local, incoming);',
  },
  {
    name: 'equal versions are taken for the same content',
    file: core('rules/decide.js'),
    find: 'return hasSameContent(local, incoming)\n                ? settle(',
    replace: 'return true\n                ? settle(',
  },
  {
    name: 'an edit that the index does not know is overwritten',
    file: core('work/commit-step.js'),
    find: "stat.stamp === current ? null : { done: 'changed' }",
    replace: "true ? null : { done: 'changed' }",
  },
  {
    name: 'a failed request takes its files out of the outbox',
    file: sender('deliver/delivery.js'),
    find: 'this.#putBack(batch);\n        if',
    replace: 'for (const { item } of batch.pieces) this.outbox.settle(item);\n        if',
  },
  {
    name: 'a refused file is not deferred',
    file: sender('deliver/delivery.js'),
    find: 'index.deferred.save(',
    replace: 'void (',
  },
  {
    name: 'indexes are never compared',
    file: sender('anti-entropy/anti-entropy.js'),
    find: 'if (wasSuspected &&',
    replace: 'if (false &&',
  },
  {
    name: 'two requests may work on one path at a time',
    file: core('replica/path-locks.js'),
    find: 'for (let busy = holderOf(keys); busy; busy = holderOf(keys))',
    replace: 'for (let busy; busy; )',
  },
  {
    name: 'a commit that could not be recorded is forgotten',
    file: core('replica/record-steps.js'),
    find: 'parts.owed.set(key, one)',
    replace: 'void one',
  },
  {
    name: 'after a crash the archive gets no records of what it kept',
    file: core('replica/recover.js'),
    find: 'if (adopted.length === 0)',
    replace: 'if (adopted)',
  },
  {
    name: 'a file is taken for the one that was read although it changed meanwhile',
    file: core('work/read-stable.js'),
    find: 'after.stamp !== stamp',
    replace: 'false',
  },
];
