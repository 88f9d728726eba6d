import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePeers } from './parse-peers.js';

describe('The list of peers', () => {
  const good: readonly [string, ReturnType<typeof parsePeers>][] = [
    ['', []],
    [' , ', []],
    ['web-2=https://10.0.0.2/sync', [{ name: 'web-2', url: 'https://10.0.0.2/sync' }]],
    ['https://10.0.0.2', [{ name: null, url: 'https://10.0.0.2/sync' }]],
    ['http://localhost:3000/', [{ name: null, url: 'http://localhost:3000/sync' }]],
    ['http://localhost:3000/files/sync/', [{ name: null, url: 'http://localhost:3000/files/sync' }]],
    ['http://[::1]:3000', [{ name: null, url: 'http://[::1]:3000/sync' }]],
    [
      ' a = http://a , b=http://b:1/x ',
      [
        { name: 'a', url: 'http://a/sync' },
        { name: 'b', url: 'http://b:1/x' },
      ],
    ],
  ];
  for (const [text, addresses] of good) {
    it(`is read from "${text}"`, () => assert.deepEqual(parsePeers(text, '/sync'), addresses));
  }

  it('is read from objects as well', () => {
    const peers = [{ name: 'b', url: 'http://b' }, { url: 'http://c' }];
    assert.deepEqual(parsePeers(peers, '/sync'), [
      { name: 'b', url: 'http://b/sync' },
      { name: null, url: 'http://c/sync' },
    ]);
  });

  const bad: readonly [string, RegExp][] = [
    ['nonsense', /"nonsense".*no URL.*Write it like web-2=/u],
    ['10.0.0.2:3000', /"10\.0\.0\.2:3000".*no URL/u],
    ['web-2=localhost', /"localhost".*no URL/u],
    ['ftp://host', /neither http nor https/u],
    ['http://user:hunter2@host', /user name or password/u],
    ['http://host?a=b', /query/u],
    ['we b=http://host', /"we b".*no name/u],
    ['http://a,http://a/', /"http:\/\/a\/sync".*twice/u],
    ['a=http://a,a=http://b', /"name a".*twice/u],
  ];
  for (const [text, message] of bad) {
    it(`is refused as "${text}"`, () => {
      assert.throws(() => parsePeers(text, '/sync'), { code: 'OPTION_INVALID', message });
    });
  }

  it('does not repeat a password that stands in it', () => {
    assert.throws(
      () => parsePeers('http://user:hunter2@host', '/sync'),
      (error: Error) => !JSON.stringify([error, error.message]).includes('hunter2'),
    );
  });
});
