import {
  emptyDigest,
  fromWire,
  parseHello,
  sha256,
  toWire,
  type OpenContent,
  type Replica,
} from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import express from 'express';
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { serveReceiver, until, type ReceiverServer } from '../testing/http/receiver-server.js';
import {
  ask,
  liveOf,
  manifestOf,
  openRequest,
  readAnswer,
  tombstoneOf,
  uploadOf,
  type PeerAnswer,
  type PeerRequest,
} from '../testing/peer-client.js';

const get = (route: string, changes: Partial<PeerRequest> = {}): PeerRequest => ({
  method: 'GET',
  route,
  ...changes,
});
const offer = (body: string): PeerRequest => ({ method: 'POST', route: '/offer', body });
const remove = (body: string): PeerRequest => ({ method: 'DELETE', route: '/delete', body });
const verdicts = (answer: PeerAnswer): unknown[] =>
  (answer.json['results'] as { status: string; applied?: string; code?: string }[]).map(
    ({ status, applied, code }) => applied ?? code ?? status,
  );
const give = async (to: ReceiverServer, file: string, content: string): Promise<void> => {
  const answer = await ask(to.port, uploadOf(manifestOf([liveOf(content, { path: file })]), content));
  assert.deepEqual(verdicts(answer), ['written']);
};

describe('GET /health', () => {
  it('answers 200 without authentication, 503 and Retry-After while the app is not ready, and no body', async (t) => {
    let ready = true;
    const to = await serveReceiver(t, { ready: () => ready });
    const unsigned = get('/health', { headers: { 'x-lockstep-signature': undefined } });
    const first = await ask(to.port, unsigned);
    assert.deepEqual([first.status, first.body.length], [200, 0]);
    ready = false;
    const second = await ask(to.port, unsigned);
    assert.deepEqual([second.status, second.headers['retry-after'], second.body.length], [503, '5', 0]);
  });
});

describe('GET /hello', () => {
  it('says who this is and how far its index has come, signed, and is never cached', async (t) => {
    const to = await serveReceiver(t, { release: '1.2.3' });
    await give(to, 'a.css', 'one');
    const answer = await ask(to.port, get('/hello'));
    assert.equal(answer.signed, true);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['strict-transport-security'], undefined);
    const { nowMs, ...hello } = parseHello(answer.body, 'http://web-2/sync');
    assert.ok(Math.abs(nowMs - Date.now()) < 10_000);
    assert.deepEqual(hello, {
      ...{ protocol: 1, release: '1.2.3', node: 'web-2', indexId: to.replica.index.indexId },
      ...{ lastSequence: 1, liveDigest: to.replica.index.liveDigest() },
      ...{ folders: ['instance', 'templates', 'static'], maxFileBytes: 100 * 1024 * 1024 },
      encodings: ['gzip'],
      fresh: to.replica.index.isFresh,
    });
  });
});

describe('POST /offer', () => {
  it('wants what it does not have, has settled what it knows, and copies content that is here under another name', async (t) => {
    const to = await serveReceiver(t);
    const known = liveOf('one', { path: 'a.css' });
    await ask(to.port, uploadOf(manifestOf([known]), 'one'));
    const entries = [known, liveOf('new', { path: 'new.css' }), liveOf('one', { path: 'copy.css' })];
    const answer = await ask(to.port, offer(manifestOf(entries)));
    assert.deepEqual([answer.status, answer.signed], [200, true]);
    assert.deepEqual(verdicts(answer), ['nothing', 'want', 'copied']);
    assert.deepEqual(await to.files(), ['static/a.css', 'static/copy.css']);
  });

  it('carries out tombstones at once', async (t) => {
    const to = await serveReceiver(t);
    await give(to, 'a.css', 'one');
    await give(to, 'b.css', 'two');
    assert.deepEqual(verdicts(await ask(to.port, offer(manifestOf([tombstoneOf({ path: 'a.css' })])))), [
      'deleted',
    ]);
    assert.deepEqual(await to.files(), ['static/b.css']);
  });

  it('refuses entries one by one', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': { static: ['write'] } } });
    const entries = [
      { ...toWire(liveOf('x')), path: 'a/../b' },
      liveOf('x', { path: 'cache.db' }),
      liveOf('x', { folder: 'nowhere' }),
      liveOf('x', { folder: 'templates', path: 'x.ejs' }),
      tombstoneOf({ path: 'gone.css' }),
      liveOf('x', { path: 'good.css' }),
    ];
    const expected = [
      'PATH_INVALID',
      'PATH_IGNORED',
      'FOLDER_UNKNOWN',
      'RIGHT_MISSING',
      'RIGHT_MISSING',
      'want',
    ];
    assert.deepEqual(verdicts(await ask(to.port, offer(manifestOf(entries)))), expected);
    await to.assertNothingWritten();
  });

  it('allows a peer nothing that the table of rights does not name', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-7': { static: ['write'] } } });
    assert.deepEqual(verdicts(await ask(to.port, offer(manifestOf([liveOf('x')])))), ['RIGHT_MISSING']);
  });

  it('refuses a manifest above its limits: 413, before more than that is kept', async (t) => {
    const to = await serveReceiver(t, { limits: { maxManifestBytes: 2000 } });
    const entries = Array.from({ length: 20 }, (_, n) => tombstoneOf({ path: `${n}` }));
    const declared = await ask(to.port, offer(manifestOf(entries)));
    assert.deepEqual([declared.status, declared.json['code']], [413, 'REQUEST_TOO_LARGE']);
    const chunked = await ask(to.port, {
      ...offer(manifestOf(entries)),
      headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
    });
    assert.deepEqual([chunked.status, chunked.json['code']], [413, 'REQUEST_TOO_LARGE']);
    await to.assertNothingWritten();
  });

  it('ends a manifest that stops coming: 504 TIMED_OUT, and the connection is closed', async (t) => {
    const clock = createFakeClock(Date.now());
    const to = await serveReceiver(t, { clock, limits: { bodyIdleMs: 1000 } });
    const body = manifestOf([liveOf('x')]);
    const opened = openRequest(to.port, {
      ...offer(body),
      headers: { 'content-length': String(body.length) },
    });
    const answering = readAnswer(opened);
    opened.write(body.slice(0, 50));
    await until('the server waits', () => clock.pending > 0);
    await clock.advanceAsync(2001);
    const answer = await answering;
    assert.deepEqual(
      [answer.status, answer.json['code'], answer.headers.connection],
      [504, 'TIMED_OUT', 'close'],
    );
    await until('nothing is in flight', () => to.receiver.status().inFlight === 0);
  });

  it('holds a suspicious batch of deletions', async (t) => {
    const to = await serveReceiver(t);
    const names = Array.from({ length: 40 }, (_, n) => `${n + 10}.css`);
    const written = names.map((name) => liveOf(name, { path: name }));
    await ask(to.port, uploadOf(manifestOf(written), names.join('')));
    const atOnce = { modifiedMs: tombstoneOf().modifiedMs };
    const deleted = names.map((name) => ({ ...tombstoneOf({ path: name }), ...atOnce }));
    const answer = await ask(to.port, remove(manifestOf(deleted)));
    assert.deepEqual(new Set(verdicts(answer)), new Set(['held']));
    assert.equal((await to.files()).length, 40);
    const status = await ask(to.port, get('/status'));
    assert.equal((status.json['holds'] as { paths: number }[])[0]?.paths, 40);
  });
});

describe('DELETE /delete of a peer', () => {
  it('deletes, and refuses live entries by themselves', async (t) => {
    const to = await serveReceiver(t);
    await give(to, 'a.css', 'one');
    await give(to, 'b.css', 'two');
    const answer = await ask(to.port, remove(manifestOf([tombstoneOf({ path: 'a.css' }), liveOf('x')])));
    assert.deepEqual(verdicts(answer), ['deleted', 'REQUEST_MALFORMED']);
    assert.deepEqual(await to.files(), ['static/b.css']);
    assert.deepEqual(to.receiver.status().totals.delete, { ok: 1, failed: 0 });
  });
});

describe('a path through a symbolic link', () => {
  it('is refused with PATH_THROUGH_LINK, and nothing is written behind the link', async (t) => {
    const to = await serveReceiver(t);
    await mkdir(path.join(to.root, 'outside'));
    await symlink(path.join(to.root, 'outside'), path.join(to.root, 'static/link'));
    const answer = await ask(
      to.port,
      uploadOf(manifestOf([liveOf('x', { path: 'link/x.css' }), liveOf('y', { path: 'y.css' })]), 'xy'),
    );
    assert.deepEqual(verdicts(answer), ['PATH_THROUGH_LINK', 'written']);
    assert.deepEqual(await to.files(), ['static/y.css']);
  });
});

describe('GET /index', () => {
  it('lists entries after a sequence, page by page', async (t) => {
    const to = await serveReceiver(t);
    for (const name of ['a.css', 'b.css', 'c.css']) await give(to, name, name);
    const first = await ask(to.port, get('/index?since=0&limit=2'));
    assert.equal(first.signed, true);
    assert.deepEqual(pathsOf(first), ['a.css', 'b.css']);
    assert.equal(first.json['next'], 2);
    const rest = await ask(to.port, get('/index?since=2'));
    assert.deepEqual([pathsOf(rest), rest.json['next']], [['c.css'], null]);
    assert.equal(rest.json['indexId'], to.replica.index.indexId);
    const [entry] = rest.json['entries'] as unknown[];
    assert.deepEqual(fromWire(entry), to.replica.index.after(2, 1)[0]?.entry);
  });

  it('lists only folders that the peer may read, and goes on behind the others', async (t) => {
    const to = await serveReceiver(t, {
      rights: { 'web-1': { static: ['write'], templates: ['write', 'read'] } },
    });
    await give(to, 'a.css', 'one');
    await ask(to.port, uploadOf(manifestOf([liveOf('t', { folder: 'templates', path: 't.ejs' })]), 't'));
    const first = await ask(to.port, get('/index?limit=1'));
    assert.deepEqual([pathsOf(first), first.json['next']], [[], 1]);
    assert.deepEqual(pathsOf(await ask(to.port, get('/index?since=1'))), ['t.ejs']);
  });

  it('refuses numbers that are none: 400 REQUEST_MALFORMED, naming the field', async (t) => {
    const to = await serveReceiver(t);
    for (const [query, field] of [
      ['since=-1', 'since'],
      ['since=1e3', 'since'],
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=x', 'limit'],
    ]) {
      const answer = await ask(to.port, get(`/index?${query}`));
      assert.deepEqual(
        [answer.status, answer.json['code'], answer.json['details']],
        [400, 'REQUEST_MALFORMED', { field }],
      );
    }
  });
});

describe('GET /content', () => {
  const route = '/content?base_folder=static&path=a.css';

  it('gives the bytes with the digest as ETag, and 304 to who has them', async (t) => {
    const to = await serveReceiver(t);
    await give(to, 'a.css', 'abcdefghij');
    const whole = await ask(to.port, get(route));
    assert.deepEqual(
      [whole.status, whole.body.toString(), whole.headers.etag],
      [200, 'abcdefghij', `"${sha256('abcdefghij')}"`],
    );
    assert.equal(whole.headers['content-type'], 'application/octet-stream');
    const known = await ask(
      to.port,
      get(route, { headers: { 'if-none-match': `"${sha256('abcdefghij')}"` } }),
    );
    assert.deepEqual([known.status, known.body.length], [304, 0]);
    const head = await ask(to.port, { method: 'HEAD', route });
    assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '10', 0]);
  });

  it('gives ranges, the whole when the content is another one meanwhile, and 416 beyond the end', async (t) => {
    const to = await serveReceiver(t);
    await give(to, 'a.css', 'abcdefghij');
    const range = (text: string, more: Record<string, string> = {}): Promise<PeerAnswer> =>
      ask(to.port, get(route, { headers: { range: text, ...more } }));
    const middle = await range('bytes=2-4');
    assert.deepEqual(
      [middle.status, middle.body.toString(), middle.headers['content-range']],
      [206, 'cde', 'bytes 2-4/10'],
    );
    assert.equal((await range('bytes=7-')).body.toString(), 'hij');
    assert.equal((await range('bytes=-2')).body.toString(), 'ij');
    assert.equal((await range('bytes=2-4', { 'if-range': '"another"' })).status, 200);
    const beyond = await range('bytes=10-');
    assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */10']);
  });

  it('streams a large file and an empty one', async (t) => {
    const to = await serveReceiver(t);
    const large = 'L'.repeat(3_000_000);
    await give(to, 'large.bin', large);
    await give(to, 'empty.bin', '');
    const answer = await ask(to.port, get('/content?base_folder=static&path=large.bin'));
    assert.equal(sha256(answer.body), sha256(large));
    const empty = await ask(to.port, get('/content?base_folder=static&path=empty.bin'));
    assert.deepEqual([empty.status, empty.headers.etag], [200, `"${emptyDigest}"`]);
  });

  it('breaks the connection instead of ending a file that changed while it was sent', async (t) => {
    const changing = (content: OpenContent): OpenContent => ({
      ...content,
      close: () => content.close().then(() => ({ changed: true })),
    });
    const wrap = (replica: Replica): Replica => ({
      ...replica,
      openContent: (entry) => replica.openContent(entry).then((content) => content && changing(content)),
    });
    const to = await serveReceiver(t, { wrap });
    await give(to, 'a.css', 'abcdefghij'.repeat(100_000));
    await assert.rejects(ask(to.port, get(route)));
  });

  it('refuses a file whose disk content has another size than the index knows: 409 CHANGED_MEANWHILE', async (t) => {
    const to = await serveReceiver(t);
    await give(to, 'a.css', 'abcdefghij');
    await writeFile(path.join(to.root, 'static/a.css'), 'longer than it was');
    const answer = await ask(to.port, get(route));
    assert.deepEqual(
      [answer.status, answer.json['code'], answer.headers.etag],
      [409, 'CHANGED_MEANWHILE', undefined],
    );
  });

  const refused: [string, string, number, string][] = [
    ['a file that is not there', '/content?base_folder=static&path=none.css', 404, 'NOT_FOUND'],
    [
      'a file outside of the folders',
      '/content?base_folder=static&path=..%2F..%2Fetc%2Fpasswd',
      400,
      'PATH_INVALID',
    ],
    ['an unknown folder', '/content?base_folder=etc&path=passwd', 404, 'FOLDER_UNKNOWN'],
    ['a folder that it may not read', '/content?base_folder=templates&path=a.ejs', 403, 'RIGHT_MISSING'],
    ['nothing', '/content', 404, 'FOLDER_UNKNOWN'],
  ];
  for (const [what, asked, status, code] of refused) {
    it(`refuses a peer that asks for ${what}: ${status} ${code}`, async (t) => {
      const to = await serveReceiver(t, { rights: { 'web-1': { static: ['read'] } } });
      const answer = await ask(to.port, get(asked));
      assert.deepEqual([answer.status, answer.json['code'], answer.signed], [status, code, true]);
    });
  }

  it('does not give a file that was never recorded, such as one that is excluded', async (t) => {
    const to = await serveReceiver(t);
    await writeFile(path.join(to.root, 'instance/.env'), 'PASSWORD=1');
    assert.equal((await ask(to.port, get('/content?base_folder=instance&path=.env'))).status, 404);
  });
});

describe('GET /status', () => {
  it('shows index, folders, peers and what the receiver did', async (t) => {
    const to = await serveReceiver(t);
    await give(to, 'a.css', 'one');
    const { status, json, signed } = await ask(to.port, get('/status'));
    assert.deepEqual([status, signed, json['node'], json['ready']], [200, true, 'web-2', true]);
    assert.deepEqual((json['receiver'] as { totals: unknown }).totals, {
      upload: { ok: 1, failed: 0 },
      delete: { ok: 0, failed: 0 },
    });
    const folders = json['folders'] as { folder: string; files: number }[];
    assert.equal(folders.find(({ folder }) => folder === 'static')?.files, 1);
  });
});

describe('the router', () => {
  it('answers an unknown route and a wrong method with 404 NOT_FOUND', async (t) => {
    const to = await serveReceiver(t);
    for (const asked of [
      get('/nothing'),
      get('/offer'),
      get('/HELLO'),
      { method: 'PUT', route: '/upload' },
    ]) {
      const answer = await ask(to.port, asked);
      assert.deepEqual([answer.status, answer.json['code']], [404, 'NOT_FOUND']);
    }
  });

  it('takes a manifest that the app has parsed before, proved by its digest', async (t) => {
    const to = await serveReceiver(t, { before: (app) => app.use(express.json()) });
    const json = { 'content-type': 'application/json' };
    const body = manifestOf([liveOf('x', { path: 'grüße-😀.css' })]);
    assert.deepEqual(verdicts(await ask(to.port, { ...offer(body), headers: json })), ['want']);
    const forged = await ask(to.port, { ...offer(body), digest: sha256('other'), headers: json });
    assert.deepEqual([forged.status, forged.json['code']], [401, 'SIGNATURE_INVALID']);
  });

  it('answers an unexpected failure with INTERNAL, hiding it from the peer and showing it in the log', async (t) => {
    const wrap = (replica: Replica): Replica => ({
      ...replica,
      receive: () => Promise.reject(new Error('boom at /var/lib/x')),
    });
    const to = await serveReceiver(t, { wrap });
    const answer = await ask(to.port, offer(manifestOf([liveOf('x')])));
    assert.deepEqual([answer.status, answer.json['code']], [500, 'INTERNAL']);
    assert.doesNotMatch(answer.body.toString(), /boom|var/u);
    assert.equal(to.lines.filter(({ level }) => level === 'error').length, 1);
  });
});

function pathsOf(answer: PeerAnswer): unknown[] {
  return (answer.json['entries'] as { path: string }[]).map((entry) => entry.path);
}
