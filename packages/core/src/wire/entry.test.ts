import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  isSyncError,
  packChunks,
  parsePath,
  unpackChunks,
  type Chunk,
  type Entry,
  type SyncError,
} from '../model/index.js';
import { parseHello, parseIndexPage, parseManifestAnswer, parseWireError } from './answers.js';
import { fromWire, toWire } from './entry.js';
import { parseManifest, type ManifestEntry, type RefusedEntry } from './manifest.js';
import { sha256 } from './sha256.js';

const live: Entry = {
  state: 'live',
  folder: 'static',
  path: parsePath('app/grüße-😀.css'),
  version: new Map([
    ['web-2', 5],
    ['web-1', 1_700_000_000],
  ]),
  modifiedMs: 1_700_000_000_123,
  modifiedBy: 'web-1',
  digest: sha256('body'),
  size: 4,
  mode: 0o644,
  mtimeMs: 1_600_000_000_001,
};
const gone: Entry = {
  state: 'deleted',
  folder: 'static',
  path: parsePath('old.css'),
  version: new Map(),
  modifiedMs: 0,
  modifiedBy: 'web-1',
  keptParents: 0,
  released: true,
};

const refusal = (act: () => unknown): SyncError => {
  try {
    act();
  } catch (error) {
    assert.ok(isSyncError(error), String(error));
    return error;
  }
  assert.fail('nothing was refused');
};

const manifestOf = (entries: readonly unknown[], changes: object = {}): string =>
  JSON.stringify({ protocol: 1, node: 'web-1', indexId: 'f'.repeat(32), entries, ...changes });

describe('an entry on the wire', () => {
  it('comes back as it was sent, live or deleted', () => {
    for (const entry of [live, gone])
      assert.deepEqual(fromWire(JSON.parse(JSON.stringify(toWire(entry)))), entry);
  });

  it('lists its version sorted by node', () => {
    assert.deepEqual(toWire(live).version, [
      ['web-1', 1_700_000_000],
      ['web-2', 5],
    ]);
  });

  const bad: [string, object, string][] = [
    ['an unknown field', { colour: 'red' }, ''],
    ['an unknown state', { state: 'gone' }, 'state'],
    ['a negative counter', { version: [['web-1', -1]] }, 'version.0.1'],
    ['a counter beyond the safe integers', { version: [['web-1', 2 ** 53]] }, 'version.0.1'],
    ['a broken counter', { version: [['web-1', 1.5]] }, 'version.0.1'],
    ['a node id with a space', { version: [['web 1', 1]] }, 'version.0.0'],
    ['a node id of 65 characters', { modifiedBy: 'a'.repeat(65) }, 'modifiedBy'],
    [
      'a node twice in its version',
      {
        version: [
          ['web-1', 1],
          ['web-1', 2],
        ],
      },
      'version',
    ],
    ['65 nodes in its version', { version: Array.from({ length: 65 }, (_, n) => [`n${n}`, 1]) }, 'version'],
    ['a mode above 0777', { mode: 0o1000 }, 'mode'],
    ['a negative size', { size: -1 }, 'size'],
    ['a time that no Date can hold', { mtimeMs: 8.64e15 + 1 }, 'mtimeMs'],
    ['no folder', { base_folder: undefined }, 'base_folder'],
    ['fields of the other state', { keptParents: 1 }, ''],
  ];
  for (const [what, change, field] of bad) {
    it(`is refused with ${what}, naming the field`, () => {
      const error = refusal(() => fromWire({ ...toWire(live), ...change }));
      assert.equal(error.code, 'REQUEST_MALFORMED');
      assert.equal(error.details['field'], field);
    });
  }

  it('is refused with a path that could leave its folder', () => {
    for (const path of ['../x', '/etc/passwd', 'a\\b', 'C:/x', 'a\0b', '', 7]) {
      assert.equal(refusal(() => fromWire({ ...toWire(live), path })).code, 'PATH_INVALID');
    }
  });

  it('is refused with a digest that is not SHA-256 in hex', () => {
    assert.equal(
      refusal(() => fromWire({ ...toWire(live), digest: 'A'.repeat(64) })).code,
      'REQUEST_MALFORMED',
    );
  });

  it('is an entry or a refusal, whatever JSON comes', () => {
    const anyField = fc.dictionary(
      fc.constantFrom(...Object.keys(toWire(live)), 'keptParents'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(anyField, (changes) => {
        try {
          fromWire({ ...toWire(live), ...changes });
        } catch (error) {
          assert.ok(isSyncError(error));
        }
      }),
    );
  });
});

describe('a manifest', () => {
  it('gives its entries in order, with the bytes each has in an upload', () => {
    const manifest = parseManifest(manifestOf([toWire(live), toWire(gone)]));
    assert.deepEqual(manifest, {
      node: 'web-1',
      indexId: 'f'.repeat(32),
      entries: [
        { entry: live, bytes: 4 },
        { entry: gone, bytes: 0 },
      ],
    });
  });

  it('refuses a bad entry by itself and still knows how many bytes to pass over', () => {
    const { entries } = parseManifest(manifestOf([{ ...toWire(live), path: '../x' }, toWire(gone)]));
    const [first, second] = entries;
    assert.ok(first && 'error' in first && second && 'entry' in second);
    assert.equal(first.error.code, 'PATH_INVALID');
    assert.equal(first.bytes, 4);
  });

  it('says when the bytes of a bad entry cannot be told', () => {
    const { entries } = parseManifest(
      manifestOf([null, { ...toWire(live), size: 'x' }, { state: 'deleted' }]),
    );
    assert.deepEqual(
      entries.map(({ bytes }) => bytes),
      [null, null, 0],
    );
  });

  it('refuses the second of two entries for one path', () => {
    const [, second] = parseManifest(manifestOf([toWire(live), toWire(live)])).entries;
    assert.ok(second && 'error' in second);
    assert.equal(second.error.code, 'REQUEST_MALFORMED');
  });

  const threeChunks = [16_384, 20_000, 7].map((size, at) => ({ digest: `00000000000${at}`, size }));
  const large = { ...live, size: 36_391 };

  it('takes a large file as chunks, of which some were sent', () => {
    const chunks = packChunks(threeChunks);
    const [item] = parseManifest(manifestOf([{ ...toWire(large), chunks, sent: [0, 2] }])).entries;
    assert.ok(item && 'entry' in item);
    assert.equal(item.bytes, 16_391);
    assert.deepEqual(item.sent, [0, 2]);
    assert.deepEqual(item.chunks && unpackChunks(item.chunks), threeChunks);
  });

  it('refuses chunks that do not make up the file, and chunks sent that are not in the list', () => {
    const chunks = packChunks(threeChunks);
    const [first, second, third] = threeChunks as [Chunk, Chunk, Chunk];
    const wrong = [
      { chunks: packChunks([first, second, { ...third, size: 8 }]) },
      { chunks: packChunks([first, third, second]) },
      {
        chunks: packChunks([
          { ...first, size: 16_383 },
          { ...second, size: 20_008 },
        ]),
      },
      { chunks: packChunks([first, second, third, { ...third, size: 0 }]) },
      { chunks, sent: [3] },
      { chunks, sent: [0, 0] },
      { chunks, sent: [1, 0] },
      { sent: [0] },
      { chunks: chunks.slice(1) },
      { chunks: `${chunks.slice(0, -1)}=` },
      { chunks: [chunks] },
      { chunks: '' },
    ];
    for (const change of wrong) {
      const { entries } = parseManifest(manifestOf([{ ...toWire(large), ...change }]));
      const item: ManifestEntry | RefusedEntry | undefined = entries[0];
      assert.ok(item && 'error' in item, JSON.stringify(change));
      assert.equal(item.error.code, 'REQUEST_MALFORMED');
    }
    const [tombstone] = parseManifest(manifestOf([{ ...toWire(gone), chunks }])).entries;
    assert.ok(tombstone && 'error' in tombstone);
  });

  it('refuses a chunk that is larger than any', () => {
    const size = 98_305;
    const chunks = packChunks([{ digest: '000000000000', size }]);
    const [item] = parseManifest(manifestOf([{ ...toWire({ ...live, size }), chunks }])).entries;
    assert.ok(item && 'error' in item);
  });

  it('is refused whole when its envelope is malformed', () => {
    const whole = [
      '',
      '[]',
      'null',
      '{',
      manifestOf([], { node: '' }),
      manifestOf([], { extra: 1 }),
      manifestOf([], { indexId: 1 }),
    ];
    for (const json of whole) assert.equal(refusal(() => parseManifest(json)).code, 'REQUEST_MALFORMED');
    assert.equal(refusal(() => parseManifest(Buffer.from([0x22, 0xff, 0x22]))).code, 'REQUEST_MALFORMED');
  });

  it('is refused when it speaks another protocol, even with fields of that protocol', () => {
    assert.equal(
      refusal(() => parseManifest(manifestOf([], { protocol: 2, news: true }))).code,
      'PROTOCOL_UNSUPPORTED',
    );
  });

  it('is refused with more entries than agreed', () => {
    const entries = Array.from({ length: 1001 }, () => toWire(gone));
    assert.equal(refusal(() => parseManifest(manifestOf(entries))).code, 'REQUEST_TOO_LARGE');
  });
});

describe('the answers of a peer', () => {
  const url = 'http://10.0.0.2/sync';
  const hello = {
    protocol: 1,
    release: '0.1.0',
    node: 'web-2',
    indexId: 'a'.repeat(32),
    lastSequence: 3,
    liveDigest: 'b'.repeat(32),
    folders: ['static'],
    maxFileBytes: 100,
    nowMs: 1,
  };
  const answer = {
    protocol: 1,
    node: 'web-2',
    indexId: 'a',
    results: [{ status: 'settled', applied: 'written' }, { status: 'want' }],
  };

  it('are read as they were sent; what a newer release adds is passed over', () => {
    assert.deepEqual(parseHello(JSON.stringify({ ...hello, news: 1 }), url), hello);
    assert.deepEqual(parseManifestAnswer(JSON.stringify(answer), url, 2), answer);
  });

  it('say which packed bodies the peer takes, as far as this release knows them', () => {
    const read = (encodings: unknown): unknown =>
      parseHello(JSON.stringify({ ...hello, encodings }), url).encodings;
    assert.deepEqual(read(['br', 'gzip', 'zstd']), ['gzip']);
    assert.deepEqual(read([]), []);
    assert.equal(read('gzip'), undefined);
    assert.equal(read(undefined), undefined);
  });

  it('may say that the first scan of its index is not over, and nonsense there spoils nothing', () => {
    const read = (fresh: unknown): unknown => parseHello(JSON.stringify({ ...hello, fresh }), url).fresh;
    assert.deepEqual([true, false, 'yes', undefined].map(read), [true, false, undefined, undefined]);
  });

  it('may say how long the peer was at work, and nonsense there spoils nothing', () => {
    const read = (busyMs: unknown): unknown =>
      parseManifestAnswer(JSON.stringify({ ...answer, busyMs }), url, 2).busyMs;
    assert.deepEqual([read(12.5), read(0), read(-1), read('x')], [12.5, 0, undefined, undefined]);
  });

  it('are nonsense when they are no JSON, of another shape or of another length, and the URL is named', () => {
    const nonsense = [
      () => parseHello('<html>', url),
      () => parseHello('{}', url),
      () => parseHello(JSON.stringify({ ...hello, node: 'a b' }), url),
      () => parseManifestAnswer(JSON.stringify(answer), url, 3),
      () => parseManifestAnswer(JSON.stringify({ ...answer, results: [{ status: 'fine' }] }), url, 1),
      () => parseIndexPage('{"indexId":"a","entries":{},"next":null}', url),
    ];
    for (const act of nonsense) {
      const error = refusal(act);
      assert.equal(error.code, 'PEER_NONSENSE');
      assert.equal(error.details['url'], url);
    }
  });

  it('say when the peer speaks another protocol', () => {
    assert.equal(
      refusal(() => parseHello(JSON.stringify({ ...hello, protocol: 2 }), url)).code,
      'PROTOCOL_UNSUPPORTED',
    );
  });

  it('list entries of which a bad one does not spoil the page', () => {
    const entries = [toWire(live), { ...toWire(live), path: '..' }, toWire(gone)];
    const page = parseIndexPage(JSON.stringify({ indexId: 'a', entries, next: 7 }), url);
    assert.deepEqual(page.entries, [live, gone]);
    assert.deepEqual(
      page.refused.map(({ code }) => code),
      ['PATH_INVALID'],
    );
    assert.equal(page.next, 7);
  });

  it('carry failures of the catalogue, and nothing else passes for one', () => {
    const error = parseWireError('{"code":"DISK_FULL","message":"full","details":{"free":0}}');
    assert.equal(error?.code, 'DISK_FULL');
    assert.deepEqual(error.details, { free: 0 });
    for (const body of ['<html>', '{}', '{"code":"toString","message":"x"}', 'null'])
      assert.equal(parseWireError(body), null);
  });
});
