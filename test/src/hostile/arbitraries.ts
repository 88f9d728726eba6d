import { sha256 } from '@lockstep/core';
import fc from 'fast-check';
import {
  entryOf,
  manifestOf,
  multipart,
  multipartType,
  signed,
  unsigned,
  withPassword,
  withToken,
  type Attack,
} from './client.js';
import { hostileFolders, hostilePaths, noTexts } from './corpus.js';

const fragments = [
  ...[
    '..',
    '.',
    '/',
    '//',
    '\\',
    '%2e',
    '%2f',
    '%5c',
    '%00',
    '%25',
    '\0',
    '\n',
    ' ',
    ':',
    '~',
    '::$DATA',
    'C:',
    '//?/',
  ],
  ...[
    'static',
    'out',
    'up',
    'real',
    'deep',
    'secret.txt',
    'app.js',
    '.lockstep',
    '.env',
    'a',
    'b.css',
    'con',
    'é',
    'e\u0301',
  ],
  ...['\u202e', '\ud800', '🎉', '%c0%ae', '．', 'x'.repeat(200), '__proto__', '<b>', '*'],
];

/** A name that nothing is wrong with, so that some requests get far. */
const ordinaryPath = fc.constantFrom(
  'a.css',
  'b.css',
  'real/c.css',
  'real/deep/d.css',
  'x/y/z.txt',
  'x',
  'x/y',
);

const pathText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: ordinaryPath },
  { weight: 4, arbitrary: fc.constantFrom(...hostilePaths.filter((path) => path.length < 3000)) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join('/')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const path: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 20, arbitrary: pathText },
  { weight: 1, arbitrary: fc.constantFrom(...noTexts) },
);

const folder: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('static', 'templates', 'instance') },
  { weight: 1, arbitrary: fc.constantFrom(...hostileFolders) },
);

const content = fc.constantFrom('', 'x', 'hello', 'y'.repeat(5000));

const entry = fc
  .tuple(folder, path, fc.option(content, { freq: 3 }))
  .map(([base, where, text]) => ({ entry: entryOf(base, where, text), text }));

/** Entries with one or two fields bent. */
const bentEntry = fc
  .tuple(entry, fc.dictionary(fc.constantFrom(...bendable()), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }))
  .map(([good, bent]) => ({ ...good, entry: { ...good.entry, ...bent } }));

function bendable(): string[] {
  return [
    ...[
      'state',
      'version',
      'modifiedMs',
      'modifiedBy',
      'digest',
      'size',
      'mode',
      'mtimeMs',
      'keptParents',
      'released',
    ],
    ...['chunks', 'sent', 'extra', '__proto__', 'path', 'base_folder'],
  ];
}

const manifestEntries = fc.array(
  fc.oneof({ weight: 3, arbitrary: entry }, { weight: 1, arbitrary: bentEntry }),
  {
    minLength: 1,
    maxLength: 3,
  },
);

const offer = manifestEntries.map((items) =>
  signed('POST', '/offer', manifestOf(items.map((item) => item.entry))),
);

const removal = manifestEntries.map((items) =>
  signed('DELETE', '/delete', manifestOf(items.map((item) => item.entry))),
);

const upload = fc.tuple(manifestEntries, fc.constantFrom('', '', '', 'more', '\r\n')).map(([items, tail]) => {
  const manifest = manifestOf(items.map((item) => item.entry));
  const contents = items.map((item) => item.text ?? '').join('') + tail;
  const body = multipart([
    { name: 'manifest', content: manifest },
    { name: 'contents', content: contents, fileName: '../../outside/secret.txt' },
  ]);
  return signed('POST', '/upload', body, {
    digest: sha256(manifest),
    headers: { 'content-type': multipartType },
  });
});

const plainUpload = fc.tuple(folder, path, content).map(([base, where, text]) =>
  withToken({
    ...{ method: 'POST', url: '/sync/upload', headers: { 'content-type': multipartType } },
    body: multipart([
      { name: 'base_folder', content: String(asField(base)) },
      { name: 'path', content: String(asField(where)) },
      { name: 'file', content: text, fileName: '../../../outside/secret.txt' },
    ]),
  }),
);

/** What a script would write for a value: text as it is, anything else as JSON. */
function asField(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function queryOf(base: unknown, where: unknown): string {
  // Lone surrogates have no percent encoding: they become U+FFFD, as in a browser.
  return new URLSearchParams({ base_folder: asField(base), path: asField(where) }).toString();
}

const plainRemoval = fc.tuple(folder, path, fc.boolean()).map(([base, where, inQuery]) =>
  inQuery
    ? withToken({ method: 'DELETE', url: `/sync/delete?${queryOf(base, where)}`, body: '' })
    : withToken({
        ...{ method: 'DELETE', url: '/sync/delete', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify({ base_folder: base, path: where }),
      }),
);

const reading = fc
  .tuple(folder, path, fc.constantFrom('GET', 'HEAD'))
  .map(([base, where, method]) => signed(method, `/content?${queryOf(base, where)}`));

/** What no client library would send, as far as HTTP allows it. */
const rawPath = pathText.map((text) =>
  text.replaceAll(/[^!-~]/gu, (c) => (/\p{Cs}/u.test(c) ? '%ed%a0%80' : encodeURIComponent(c))),
);

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND');

const rawRoute = fc.tuple(method, rawPath).map(([verb, text]) => signed(verb, `/${text}`));

const monitorRoute = fc
  .tuple(
    method,
    fc.oneof(
      rawPath,
      rawPath.map((text) => `static/${text}`),
      rawPath.map((text) => `api/files?prefix=${text}`),
      rawPath.map((text) => `api/archive/${text}/download`),
      rawPath.map((text) => `?prefix=${text}&folder=static`),
    ),
  )
  .map(([verb, text]) => withPassword(verb, `/sync-monitor/${text}`));

const garbage = fc
  .tuple(
    fc.constantFrom('/offer', '/upload', '/delete'),
    fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 200 })),
  )
  .map(([route, body]) => signed(route === '/delete' ? 'DELETE' : 'POST', route, Buffer.from(body)));

const stranger = fc.oneof(offer, removal, upload, reading).map(unsigned);

/** Any request, of anybody: most know the secret, the token or the password, so that they get as far as an attacker could. */
export const attack: fc.Arbitrary<Attack> = fc.oneof(
  { weight: 4, arbitrary: offer },
  { weight: 3, arbitrary: removal },
  { weight: 5, arbitrary: upload },
  { weight: 4, arbitrary: plainUpload },
  { weight: 3, arbitrary: plainRemoval },
  { weight: 3, arbitrary: reading },
  { weight: 2, arbitrary: rawRoute },
  { weight: 2, arbitrary: monitorRoute },
  { weight: 1, arbitrary: garbage },
  { weight: 2, arbitrary: stranger },
);
