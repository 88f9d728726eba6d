import { deceptive, reserved } from './corpus-names.js';

/** Paths that lead out of a folder somewhere: on some platform, behind some proxy, after some decoding. */
export const escapes: readonly string[] = [
  ...[
    '..',
    '../',
    '../outside/secret.txt',
    '../../outside/secret.txt',
    '../app.js',
    '../.env',
    './../app.js',
  ],
  ...[
    'a/../../app.js',
    'a/b/../../../app.js',
    'static/../../app.js',
    '.../app.js',
    '..../app.js',
    '.. /app.js',
  ],
  ...['/etc/passwd', '//etc/passwd', '///etc/passwd', '/../app.js', 'file:///etc/passwd', '~/x', '~root/x'],
  ...[
    '..\\app.js',
    '..\\..\\outside\\secret.txt',
    'a\\..\\..\\app.js',
    '\\\\server\\share\\x',
    '\\app.js',
    'a\\b',
  ],
  ...['..\\/app.js', '../\\app.js', 'a/..\\../app.js', '\\..\\/../app.js'],
  ...[
    'C:\\windows\\win.ini',
    'C:/windows/win.ini',
    'c:x',
    'C:',
    '//?/C:/x',
    '//./C:/x',
    '\\\\?\\C:\\x',
    '\\\\.\\COM1',
  ],
  ...['//?/UNC/server/share', '\\??\\C:\\x', '\\Device\\Harddisk0'],
];

/** The same steps in disguise. Percent signs are never decoded, but somebody behind us might. */
export const encoded: readonly string[] = [
  ...['%2e%2e/app.js', '%2e%2e%2fapp.js', '..%2fapp.js', '.%2e/app.js', '%2E%2E/app.js', '..%5capp.js'],
  ...[
    '%252e%252e/app.js',
    '%252e%252e%252fapp.js',
    '%25252e%25252e/x',
    '..%252fapp.js',
    '%2e%2e%5c%2e%2e%5capp.js',
  ],
  ...[
    '%c0%ae%c0%ae/app.js',
    '%c0%ae%c0%ae%c0%afapp.js',
    '..%c0%afapp.js',
    '..%c1%9capp.js',
    '%e0%80%ae%e0%80%ae/x',
  ],
  ...[
    '%f0%80%80%ae%f0%80%80%ae/x',
    '%uff0e%uff0e/x',
    '%u002e%u002e/x',
    '..%u2215app.js',
    '..%00/app.js',
    'a%00.txt',
  ],
  ...[
    '%00',
    '%0a',
    'a%0d%0aSet-Cookie: x',
    '..;/app.js',
    '..%3b/app.js',
    '..%09/app.js',
    '%2e%2e%2f%2e%2e%2foutside%2fsecret.txt',
  ],
  ...['．．/app.js', '․․/app.js', '..／app.js', '..∕app.js', '..⁄app.js', '‥/app.js', '\ufe52\ufe52/app.js'],
];

/** Paths through the links that the canary has planted, and onto them. */
export const throughLinks: readonly string[] = [
  ...[
    'out',
    'out/secret.txt',
    'out/new.txt',
    'out/dir/inner.txt',
    'out/dir/new/deep.txt',
    'out/empty',
    'out/empty/x',
  ],
  ...['up', 'up/app.js', 'up/.env', 'up/static/x', 'up/.lockstep/secret', 'up/up/outside/secret.txt'],
  ...[
    'file-link.txt',
    'dangling.txt',
    'real/deep/out',
    'real/deep/out/secret.txt',
    'real/deep/out/x/y',
    'etc/passwd',
  ],
  ...[
    'dir/out/secret.txt',
    'dir/out/index.ejs',
    'self/self/self/x',
    'env',
    'file-link.txt/x',
    'dangling.txt/x',
  ],
];

/** Longer, deeper and larger than anything has to be. */
export const oversized: readonly string[] = [
  ...[
    'x'.repeat(256),
    'x'.repeat(1025),
    'x'.repeat(100_000),
    'ä'.repeat(128),
    'ä'.repeat(600),
    '🎉'.repeat(64),
  ],
  ...[
    'a/'.repeat(64) + 'a',
    'a/'.repeat(500) + 'a',
    '../'.repeat(300) + 'etc/passwd',
    '/'.repeat(2000),
    '.'.repeat(1000),
  ],
  ...[
    `${'a/'.repeat(30)}${'../'.repeat(40)}app.js`,
    '%2e'.repeat(300),
    '%25'.repeat(300) + '2e',
    `${'x'.repeat(255)}/`.repeat(4),
  ],
];

export const hostilePaths: readonly string[] = [
  ...[...escapes, ...encoded, ...deceptive, ...reserved, ...throughLinks, ...oversized],
];

/** What is no text at all, where a path or a folder is expected. */
export const noTexts: readonly unknown[] = [
  null,
  0,
  1e300,
  true,
  [],
  ['a'],
  {},
  { path: 'a' },
  { toString: 'x' },
  [[[]]],
];

export const hostileFolders: readonly unknown[] = [
  ...[
    '..',
    '.',
    '',
    '/',
    '/etc',
    'static/..',
    'static/../..',
    '../server',
    'static\0',
    'STATIC',
    'static ',
    'static/',
  ],
  ...[
    '.lockstep',
    '__proto__',
    'constructor',
    'outside',
    '%73tatic',
    'static%2f..',
    'node_modules',
    's\u0074atic\u202e',
  ],
  ...noTexts,
];
