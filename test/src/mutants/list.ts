import type { Change } from './hook.js';

/** A mistake that somebody could make, and the tests of which one must notice it. */
export interface Mutant extends Change {
  /** What the mistake is, in words. */
  readonly what: string;
  /** Compiled test files, tried in this order until one fails. */
  readonly tests: readonly string[];
  /** Why no test can notice it, for one that changes nothing anybody could see. */
  readonly survives?: string;
}

const core = 'packages/core/dist';
const receiver = 'packages/receiver/dist';

function of(
  file: string,
  tests: readonly string[],
  changes: readonly (readonly [what: string, from: string, to: string])[],
): Mutant[] {
  return changes.map(([what, from, to]) => ({ what, file, from, to, tests }));
}

const paths = of(
  `${core}/model/path-rules.js`,
  [`${core}/model/parse-path.test.js`],
  [
    ['takes a path of any length', 'text.length > maxPathBytes', 'false'],
    ['counts a path in characters, not bytes', 'Buffer.byteLength(text) > maxPathBytes', 'false'],
    ['takes the empty path', "if (text === '')", 'if (false)'],
    ['takes absolute paths', "text.startsWith('/')", 'false'],
    ['takes drive letters', '/^[a-z]:/iu.test(text)', 'false'],
    ['takes small drive letters', '/^[a-z]:/iu', '/^[A-Z]:/u'],
    ['takes backslashes', "text.includes('\\\\')", 'false'],
    ['takes control characters', 'controlCharacter.test(text)', 'false'],
    ['takes C1 controls', '\\u007f-\\u009f', '\\u007f'],
    ['takes NUL', '[\\u0000-\\u001f', '[\\u0001-\\u001f'],
    ['takes direction overrides', '\\u202a-\\u202e\\u2066-\\u2069', ''],
    ['takes lone surrogates', 'loneSurrogate.test(text)', 'false'],
    ['takes names that are not NFC', "text.normalize('NFC') !== text", 'false'],
    ['takes any depth', 'components.length > maxPathComponents', 'false'],
    [
      'looks at the first component only',
      'for (const component of components) {',
      'for (const component of components.slice(0, 1)) {',
    ],
    [
      'takes empty components',
      "if (name === '')\n        return 'empty-component'",
      "if (false)\n        return 'empty-component'",
    ],
    ['takes ".."', "name === '.' || name === '..'", "name === '.'"],
    ['takes "."', "name === '.' || name === '..'", "name === '..'"],
    ['takes steps upwards behind percent signs', "name.includes('%') && hidesTraversal(name)", 'false'],
    ['decodes percent signs once only', 'before !== decoded;', 'before === "";'],
    ['knows no overlong dot', '%c0%ae|%2e', '%2e'],
    ['knows no overlong slash', '%c0%af|%2f', '%2f'],
    ['knows no percent-encoded backslash', '%c1%9c|%5c', '%c1%9c'],
    ['knows no percent-encoded NUL', '%c0%80|%00', '%c0%80'],
    ['takes long components', 'Buffer.byteLength(name) > maxComponentBytes', 'false'],
    ['takes a dot at the end', "name.endsWith('.') || ", ''],
    ['takes a space at the end', " || name.endsWith(' ')", ''],
    ['takes device names', 'deviceName.test(name)', 'false'],
    ['takes device names with an extension', '(?:[.:]|$)', '$'],
    ['takes NTFS streams', "name.includes('::$')", 'false'],
    ['takes our own names', 'reservedName.test(name)', 'false'],
    ['takes our own names in capitals', '(?:$|-)/iu', '(?:$|-)/u'],
  ],
);

const links = [
  ...of(
    `${core}/node/disk/node-directory.js`,
    [`${core}/node/disk/node-disk.test.js`, `${core}/node/disk/swapped-parents.test.js`],
    [
      ['follows links on the way to a file', 'followLink ? 0 : constants.O_NOFOLLOW', '0'],
      [
        'reaches files by path and not by descriptor',
        "process.platform === 'linux' && existsSync(descriptors)",
        'false',
      ],
    ],
  ),
  ...of(
    `${core}/node/disk/node-disk.js`,
    [`${core}/node/disk/node-disk.test.js`],
    [
      ['reads through a link', 'O_RDONLY | O_NOFOLLOW | O_NONBLOCK', 'O_RDONLY | O_NONBLOCK'],
      [
        'stages over a file that is there',
        'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW',
        'O_WRONLY | O_CREAT | O_NOFOLLOW',
      ],
    ],
  ),
];

const signature = [
  ...of(
    `${core}/wire/hmac.js`,
    [`${core}/wire/signature.test.js`, `${receiver}/http/access.test.js`],
    [
      ['takes every signature of the right length', ' && timingSafeEqual(expectedBytes, givenBytes)', ''],
      [
        'takes no signature at all',
        'expectedBytes.length === givenBytes.length && timing',
        'expectedBytes.length !== givenBytes.length && timing',
      ],
      [
        'knows the first secret only',
        'for (const secret of secrets) {',
        'for (const secret of secrets.slice(0, 1)) {',
      ],
      ['signs without the lines', "lines.join('\\n')", "''"],
    ],
  ),
  ...of(
    `${core}/wire/signature.js`,
    [`${core}/wire/signature.test.js`, `${receiver}/http/access.test.js`],
    [
      ['never looks whether a secret matched', 'if (secret === null)', 'if (false)'],
      ['takes what was addressed to another server', 'to !== request.self && !forAnyNode', 'false'],
      ['takes the address of nobody on every route', ' && request.route === routes.hello', ''],
      ['takes the address of nobody with every method', " && request.method === 'GET'", ''],
      ['takes every time', 'Math.abs(request.nowMs - timeMs) > maxSkewMs', 'false'],
      ['takes a time that is far ahead', 'Math.abs(request.nowMs - timeMs)', '(request.nowMs - timeMs)'],
      ['takes a time that is long gone', 'Math.abs(request.nowMs - timeMs)', '(timeMs - request.nowMs)'],
      ['signs no method', "'LOCKSTEP-REQUEST-V1', method,", "'LOCKSTEP-REQUEST-V1',"],
      [
        'signs no route',
        'method, route, node, to, time, nonce, digest];',
        'method, node, to, time, nonce, digest];',
      ],
      ['signs no sender', 'route, node, to, time, nonce, digest];', 'route, to, time, nonce, digest];'],
      ['signs no receiver', 'node, to, time, nonce, digest];', 'node, time, nonce, digest];'],
      ['signs no time', 'to, time, nonce, digest];', 'to, nonce, digest];'],
      ['signs no nonce', 'time, nonce, digest];', 'time, digest];'],
      ['signs no digest', 'nonce, digest];', 'nonce];'],
      ['takes a nonce of any length', '{16,64}$/u', '*$/u'],
    ],
  ),
  ...of(
    `${core}/wire/nonces.js`,
    [`${core}/wire/nonces.test.js`, `${receiver}/http/access.test.js`],
    [
      ['takes a nonce twice', 'if (known.seen.has(nonce))', 'if (false)'],
      ['forgets a nonce at once', 'known.seen.set(nonce, { arrivedMs: nowMs, timeMs });', ''],
      ['forgets nonces while they are valid', 'arrivedMs + keepMs < nowMs', 'arrivedMs < nowMs'],
      ['takes what came before it started', 'startMs - 1', '-Infinity'],
      [
        'raises no floor when it drops nonces for room',
        'known.floorMs = Math.max(known.floorMs, timeMs);',
        ';',
      ],
      [
        'raises no floor when it drops a peer',
        'commonFloorMs = Math.max(commonFloorMs, floorMs',
        'void (commonFloorMs, floorMs',
      ],
      ['locks every peer out when the clock is set back', ' && floorMs <= nowMs + maxSkewMs', ''],
    ],
  ),
  ...of(
    `${core}/wire/answer-signature.js`,
    [`${core}/wire/signature.test.js`],
    [
      ['signs answers without their status', "'LOCKSTEP-ANSWER-V1', status,", "'LOCKSTEP-ANSWER-V1',"],
      [
        'signs answers without the request',
        "'LOCKSTEP-ANSWER-V1', status, nonce,",
        "'LOCKSTEP-ANSWER-V1', status,",
      ],
      ['signs answers without their body', ', sha256(body)]', ']'],
      ['believes every answer', ' !== null;', ' !== undefined;'],
    ],
  ),
];

const access = [
  ...of(
    `${receiver}/access/authenticate.js`,
    [`${receiver}/http/access.test.js`, `${receiver}/http/routes.test.js`, `${receiver}/http/upload.test.js`],
    [
      ['takes every token', 'equalsInConstantTime(uploadToken, token)', 'true'],
      ['takes a token that was never set', ' && uploadToken !== false', ''],
      [
        'lets the shared secret speak for a peer with its own',
        'return own ?? options.secrets;',
        'return options.secrets;',
      ],
      ['never claims the nonce', 'parts.nonces.claim(verified, nowMs);', ''],
    ],
  ),
  ...of(
    `${receiver}/access/rights.js`,
    [`${receiver}/http/rights.test.js`],
    [
      ['gives every right to everybody', 'granted.has(keyOf(node, folder, right));', 'true;'],
      ['takes a right of one folder for all', '`${node}\\0${folder}\\0${right}`', '`${node}\\0${right}`'],
      ['takes one right for all', '`${node}\\0${folder}\\0${right}`', '`${node}\\0${folder}`'],
      ['copies from every folder', 'readable.length === folders.length ? null : readable', 'null'],
    ],
  ),
  ...of(
    `${receiver}/intake/accept-manifest.js`,
    [`${receiver}/http/access.test.js`, `${receiver}/http/routes.test.js`, `${receiver}/http/upload.test.js`],
    [
      ['takes another manifest than was signed', 'sha256(json) !== peer.digest', 'false'],
      ['takes a manifest in the name of somebody else', 'manifest.node !== peer.node', 'false'],
    ],
  ),
  ...of(
    `${receiver}/intake/admit.js`,
    [`${receiver}/http/routes.test.js`, `${receiver}/http/rights.test.js`],
    [
      ['takes folders that it does not have', '!replica.folders.includes(folder)', 'false'],
      [
        'asks for the right to write where something is deleted',
        "state === 'live' ? 'write' : 'delete'",
        "'write'",
      ],
      ['calls known what a peer without rights forged', 'hasSameContent(local, entry)', 'true'],
    ],
  ),
];

const rules = [`${core}/rules/decide.test.js`, `${core}/rules/convergence.test.js`];

const decide = [
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

/** All of them: path safety, links, signature, access, and the rule that decides between two versions. */
export const mutants: readonly Mutant[] = [...paths, ...links, ...signature, ...access, ...decide];
