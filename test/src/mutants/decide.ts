import { core, of, type Mutant } from './mutant.js';

const rules = [`${core}/rules/decide.test.js`, `${core}/rules/convergence.test.js`];

/** Which of two versions prevails. */
export const decide: readonly Mutant[] = [
  ...of(`${core}/rules/decide.js`, rules, [
    [
      'takes what is older',
      "case 'older':\n            return { do: 'ignore' };",
      "case 'older':\n            return accept(local, incoming);",
    ],
    ['ignores what is newer', 'return accept(local, incoming);', "return { do: 'ignore' };"],
    [
      'takes equal versions for equal content',
      "case 'equal':\n            return hasSameContent(local, incoming)",
      "case 'equal':\n            return true",
    ],
    [
      'joins no versions of the same content',
      'precedes(incoming, local) ? incoming : local, join(local.version, incoming.version)',
      'precedes(incoming, local) ? incoming : local, local.version',
    ],
    [
      'keeps the local attributes of the same content',
      'precedes(incoming, local) ? incoming : local, join',
      'local, join',
    ],
    ['lets the incoming side win every conflict', ' && precedes(incoming, local))', ')'],
    [
      'lets the local side win every conflict',
      "incoming.state === 'live' && precedes(incoming, local)",
      'false',
    ],
    [
      'gives a conflict the incoming version',
      'const version = join(local.version, incoming.version);\n    // One',
      'const version = incoming.version;\n    // One',
    ],
    [
      'gives a conflict the local version',
      'const version = join(local.version, incoming.version);\n    // One',
      'const version = local.version;\n    // One',
    ],
    [
      'calls a conflict none, so that nothing is archived',
      'return write({ ...incoming, version }, true);',
      'return write({ ...incoming, version }, false);',
    ],
    [
      'takes two files for the same',
      "a.state === 'live' ? b.state === 'live' && a.digest === b.digest",
      "a.state === 'live' ? b.state === 'live'",
    ],
    [
      'writes where something was deleted',
      "return incoming.state === 'live'\n        ? write(incoming, false)\n        : { do: 'delete', entry: incoming, conflict: false };",
      'return write(incoming, false);',
    ],
    [
      'adopts a file that it never had',
      "incoming.state === 'live' ? write(incoming, false) : adopt(incoming)",
      'adopt(incoming)',
    ],
    [
      'settles equal versions on its own side',
      "precedes(incoming, local) ? adopt(withVersion(incoming, version)) : { do: 'ignore' }",
      "{ do: 'ignore' }",
    ],
  ]),
  ...of(`${core}/rules/precedence.js`, rules, [
    [
      'prefers deletions',
      "(entry) => (entry.state === 'live' ? 1 : 0)",
      "(entry) => (entry.state === 'live' ? 0 : 1)",
    ],
    ['prefers the earlier change', '(entry) => entry.modifiedMs', '(entry) => -entry.modifiedMs'],
    ['does not look at the author', '(entry) => entry.modifiedBy,', ''],
    ['does not look at the digest', "(entry) => (entry.state === 'live' ? entry.digest : ''),", ''],
    ['prefers the incoming side of a tie', 'return false;\n}\nconst ranks', 'return true;\n}\nconst ranks'],
  ]),
  ...of(
    `${core}/rules/version.js`,
    [`${core}/rules/version.test.js`, ...rules],
    [
      [
        'joins by the smaller counter',
        'Math.max(counter, joined.get(node) ?? 0)',
        'Math.min(counter, joined.get(node) ?? 0)',
      ],
      ['gives a change the old counter', '(version.get(node) ?? 0) + 1', '(version.get(node) ?? 0)'],
      ['gives a restored server old counters', ', Math.floor(nowMs / 1000))', ', 0)'],
      ['sees equal counters as more', 'counter > (b.get(node) ?? 0)', 'counter >= (b.get(node) ?? 0)'],
    ],
  ),
];
