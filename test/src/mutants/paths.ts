import { core, of, type Mutant } from './mutant.js';

/** What a path may be. */
export const paths: readonly Mutant[] = of(
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

/** Links on the way to a file. */
export const links: readonly Mutant[] = [
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
