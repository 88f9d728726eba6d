import { systemClock } from '@lockstep/core/node';
import { packChunks, sha256, SyncError, toWire, type Replica } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  serveReceiver,
  until,
  type ReceiverServer,
  type ServeOptions,
} from '../testing/http/receiver-server.js';
import {
  ask,
  liveOf,
  manifestOf,
  multipart,
  multipartType,
  openRequest,
  readAnswer,
  tombstoneOf,
  uploadOf,
  type PeerAnswer,
} from '../testing/peer-client.js';

const textOf = (to: ReceiverServer, file: string): Promise<string> =>
  readFile(path.join(to.root, file), 'utf8');
const results = (answer: PeerAnswer): Record<string, unknown>[] =>
  answer.json['results'] as Record<string, unknown>[];
const bytesRead = (to: ReceiverServer): number =>
  [...to.sockets].reduce((sum, socket) => sum + socket.bytesRead, 0);
const codes = (answer: PeerAnswer): unknown[] => results(answer).map(({ status, code }) => code ?? status);

describe('POST /upload of a peer', () => {
  it('writes every content of the batch, answers each, signs the answer and leaves staging empty', async (t) => {
    const to = await serveReceiver(t, { clock: { ...systemClock, starvedMs: () => 0 } });
    const contents = ['one', '', 'three', 'x'.repeat(300_000)];
    const entries = contents.map((content, index) => liveOf(content, { path: `d/${index}.css` }));
    const answer = await ask(to.port, uploadOf(manifestOf(entries), contents.join('')));
    assert.equal(answer.status, 200);
    assert.equal(answer.signed, true);
    const { busyMs, ...told } = answer.json;
    assert.ok(typeof busyMs === 'number' && busyMs >= 0, String(busyMs));
    assert.deepEqual(told, {
      protocol: 1,
      node: 'web-2',
      indexId: to.replica.index.indexId,
      results: contents.map(() => ({ status: 'settled', applied: 'written' })),
    });
    for (const [index, content] of contents.entries())
      assert.equal(await textOf(to, `static/d/${index}.css`), content);
    assert.equal((await stat(path.join(to.root, 'static/d/0.css'))).mtimeMs, 1_600_000_000_000);
    assert.equal((await to.files()).length, contents.length);
    const { totals, bytesReceived, peers, inFlight } = to.receiver.status();
    assert.deepEqual(totals, { upload: { ok: 4, failed: 0 }, delete: { ok: 0, failed: 0 } });
    assert.equal(bytesReceived, 300_008);
    assert.equal(peers[0]?.name, 'web-1');
    await until('no request is in flight', () => to.receiver.status().inFlight === 0);
    assert.ok(inFlight <= 1);
  });

  it('logs the lines that operators look for', async (t) => {
    const to = await serveReceiver(t);
    await ask(to.port, uploadOf(manifestOf([liveOf('one', { path: 'a.css' })]), 'one'));
    await ask(to.port, {
      method: 'DELETE',
      route: '/delete',
      body: manifestOf([tombstoneOf({ path: 'a.css' })]),
    });
    const lines = to.lines.filter(({ level }) => level === 'info').map(({ message }) => message);
    assert.ok(lines.includes('Received a.css from web-1 (base_folder: static)'));
    assert.ok(lines.includes('Deleted a.css on behalf of web-1 (base_folder: static)'), lines.join());
  });

  it('takes many small files and a large one in one stream, in any chunking', async (t) => {
    const to = await serveReceiver(t);
    const contents = Array.from({ length: 200 }, (_, n) => randomBytes((n * 7919) % 9000));
    contents.splice(100, 0, randomBytes(5_000_000));
    const entries = contents.map((content, index) => liveOf(content, { path: `f/${index}.bin` }));
    const asked = uploadOf(manifestOf(entries), Buffer.concat(contents));
    const opened = openRequest(to.port, asked);
    const body = asked.body as Buffer;
    for (let at = 0, step = 1; at < body.length; at += step, step = 1 + ((step * 31) % 70_000)) {
      if (!opened.write(body.subarray(at, at + step))) await once(opened, 'drain');
    }
    opened.end();
    const answer = await readAnswer(opened);
    assert.deepEqual(new Set(codes(answer)), new Set(['settled']));
    for (const index of [0, 7, 99, 100, 101, 200]) {
      const bytes = await readFile(path.join(to.root, `static/f/${index}.bin`)).catch(() => Buffer.alloc(0));
      assert.equal(sha256(bytes), entries[index]?.digest);
    }
  });

  it('leaves the bytes alone when the app listens to the body too', async (t) => {
    const kept: Buffer[] = [];
    const to = await serveReceiver(t, {
      before: (app) =>
        app.use((req, _res, next) => {
          req.on('data', (chunk: Buffer) => kept.push(chunk));
          next();
        }),
    });
    const content = randomBytes(3_000_000);
    const asked = uploadOf(manifestOf([liveOf(content)]), content);
    assert.deepEqual(codes(await ask(to.port, asked)), ['settled']);
    assert.equal(sha256(Buffer.concat(kept)), sha256(asked.body as Buffer));
  });

  it('carries out deletions and empty files of an upload without contents', async (t) => {
    const to = await serveReceiver(t);
    const answer = await ask(
      to.port,
      uploadOf(manifestOf([liveOf('', { path: 'empty.txt' }), tombstoneOf({ path: 'gone.txt' })]), null),
    );
    assert.deepEqual(codes(answer), ['settled', 'settled']);
    assert.equal(await textOf(to, 'static/empty.txt'), '');
  });

  const refusedAlone: [string, () => object, string, ServeOptions?][] = [
    [
      'a path that leads out of its folder',
      () => ({ ...toWire(liveOf('bad!')), path: '../../evil' }),
      'PATH_INVALID',
    ],
    ['an unknown field', () => ({ ...toWire(liveOf('bad!')), owner: 'root' }), 'REQUEST_MALFORMED'],
    ['an unknown folder', () => liveOf('bad!', { folder: 'secrets' }), 'FOLDER_UNKNOWN'],
    ['an excluded path', () => liveOf('bad!', { path: 'users.sqlite' }), 'PATH_IGNORED'],
    ['a wrong checksum', () => ({ ...toWire(liveOf('bad!')), digest: sha256('other') }), 'CHECKSUM_MISMATCH'],
    [
      'more bytes than a file may have',
      () => liveOf('bad!'),
      'FILE_TOO_LARGE',
      { open: { maxFileBytes: 3 } },
    ],
    [
      'no right to write its folder',
      () => liveOf('bad!'),
      'RIGHT_MISSING',
      { rights: { 'web-1': { templates: ['write'] } } },
    ],
    [
      'only some of its chunks, while the others are not here',
      () => ({
        ...toWire(liveOf('b'.repeat(16_384) + 'bad!')),
        chunks: packChunks([
          { digest: '000000000000', size: 16_384 },
          { digest: '111111111111', size: 4 },
        ]),
        sent: [1],
      }),
      'CONTENT_MISSING',
    ],
  ];
  for (const [what, make, code, options] of refusedAlone) {
    it(`refuses an entry with ${what} by itself: ${code}; the entries around it go on`, async (t) => {
      const to = await serveReceiver(t, options);
      const around = ['one', 'two'].map((content, n) =>
        liveOf(content, { folder: 'templates', path: `${n}.ejs` }),
      );
      const entries = [around[0] as object, make(), around[1] as object];
      const answer = await ask(to.port, uploadOf(manifestOf(entries), 'onebad!two'));
      assert.equal(answer.status, 200);
      assert.deepEqual(codes(answer), ['settled', code, 'settled']);
      assert.match(String(results(answer)[1]?.['message']), /\S/u);
      assert.deepEqual(await to.files(), ['templates/0.ejs', 'templates/1.ejs']);
      assert.equal(to.receiver.status().failures[code as 'PATH_INVALID'], 1);
    });
  }

  it('refuses a large entry with a wrong checksum and still finds the content after it', async (t) => {
    const to = await serveReceiver(t);
    const large = randomBytes(1_500_000);
    const entries = [
      { ...toWire(liveOf(large, { path: 'large.bin' })), digest: sha256('other') },
      liveOf('after', { path: 'after.css' }),
    ];
    const answer = await ask(
      to.port,
      uploadOf(manifestOf(entries), Buffer.concat([large, Buffer.from('after')])),
    );
    assert.deepEqual(codes(answer), ['CHECKSUM_MISMATCH', 'settled']);
    assert.deepEqual(await to.files(), ['static/after.css']);
  });

  it('refuses what is missing when the sizes promise more bytes than come, and keeps what was complete', async (t) => {
    const to = await serveReceiver(t);
    const entries = [
      liveOf('whole', { path: 'a.css' }),
      liveOf('cut short', { path: 'b.css' }),
      liveOf('absent', { path: 'c.css' }),
    ];
    const answer = await ask(to.port, uploadOf(manifestOf(entries), 'wholecut'));
    assert.deepEqual(codes(answer), ['settled', 'CHECKSUM_MISMATCH', 'CHECKSUM_MISMATCH']);
    assert.deepEqual(await to.files(), ['static/a.css']);
  });

  it('refuses everything when there are more bytes than the sizes say', async (t) => {
    const to = await serveReceiver(t);
    const answer = await ask(to.port, uploadOf(manifestOf([liveOf('one')]), 'one and more'));
    assert.deepEqual([answer.status, answer.json['code']], [422, 'CHECKSUM_MISMATCH']);
    await to.assertNothingWritten();
  });

  const refusedWhole: [
    string,
    (to: ReceiverServer) => Parameters<typeof ask>[1],
    number,
    string,
    ServeOptions?,
  ][] = [
    [
      'a manifest that is not the one that was signed',
      () => uploadOf(manifestOf([liveOf('one')]), 'one', { digest: sha256('another manifest') }),
      401,
      'SIGNATURE_INVALID',
    ],
    [
      'contents that come before their manifest',
      () => {
        const manifest = manifestOf([liveOf('one')]);
        const parts = [
          { name: 'contents', content: 'one', fileName: 'x' },
          { name: 'manifest', content: manifest },
        ];
        return uploadOf(manifest, null, { body: multipart(parts) });
      },
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a second part of contents',
      () => {
        const manifest = manifestOf([liveOf('one')]);
        const contents = { name: 'contents', content: 'one', fileName: 'x' };
        return uploadOf(manifest, null, {
          body: multipart([{ name: 'manifest', content: manifest }, contents, contents]),
        });
      },
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a manifest that is sent as a file',
      () => {
        const manifest = manifestOf([]);
        return uploadOf(manifest, null, {
          body: multipart([{ name: 'manifest', content: manifest, fileName: 'm.json' }]),
        });
      },
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a multipart body that stops in the middle',
      () => {
        const asked = uploadOf(manifestOf([liveOf('one')]), 'one');
        return { ...asked, body: (asked.body as Buffer).subarray(0, -20) };
      },
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a body that is no multipart',
      () => uploadOf(manifestOf([]), null, { headers: { 'content-type': 'application/json' } }),
      400,
      'REQUEST_MALFORMED',
    ],
    ['a manifest that is not JSON', () => uploadOf('{', null), 400, 'REQUEST_MALFORMED'],
    [
      'a manifest of another sender',
      () => uploadOf(manifestOf([], { node: 'web-3' }), null),
      400,
      'REQUEST_MALFORMED',
    ],
    ['another protocol', () => uploadOf(manifestOf([], { protocol: 2 }), null), 409, 'PROTOCOL_UNSUPPORTED'],
    [
      'an entry that does not say how many bytes are its own',
      () => uploadOf(manifestOf([{ state: 'live' }]), 'x'),
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'too many entries',
      () => uploadOf(manifestOf([tombstoneOf({ path: 'a' }), tombstoneOf({ path: 'b' })]), null),
      413,
      'REQUEST_TOO_LARGE',
      { limits: { maxEntries: 1 } },
    ],
    [
      'too long a manifest',
      () => uploadOf(manifestOf([liveOf('one')]), 'one'),
      413,
      'REQUEST_TOO_LARGE',
      { limits: { maxManifestBytes: 100 } },
    ],
    [
      'too long a body',
      () => uploadOf(manifestOf([liveOf('x'.repeat(5000))]), 'x'.repeat(5000)),
      413,
      'REQUEST_TOO_LARGE',
      { limits: { maxRequestBytes: 4000 } },
    ],
    [
      'its own name and its own index',
      (to) =>
        uploadOf(manifestOf([], { node: 'web-2', indexId: to.replica.index.indexId }), null, {
          node: 'web-2',
        }),
      409,
      'PEER_IS_SELF',
    ],
    [
      'its own name and another index',
      () => uploadOf(manifestOf([], { node: 'web-2' }), null, { node: 'web-2' }),
      409,
      'PEER_NAME_TAKEN',
    ],
  ];
  for (const [what, make, status, code, options] of refusedWhole) {
    it(`refuses an upload with ${what}: ${status} ${code}, and writes nothing`, async (t) => {
      const to = await serveReceiver(t, options);
      const answer = await ask(to.port, make(to));
      assert.deepEqual([answer.status, answer.json['code']], [status, code]);
      assert.deepEqual(Object.keys(answer.json), ['code', 'message', 'details']);
      assert.equal(answer.signed, true);
      await to.assertNothingWritten();
    });
  }

  it('discards everything that was staged when the client breaks off, and goes on serving', async (t) => {
    const to = await serveReceiver(t);
    const small = Array.from({ length: 100 }, (_, n) => liveOf(`small ${n}`, { path: `s/${n}.css` }));
    const large = liveOf('y'.repeat(900_000), { path: 'large.bin' });
    const asked = uploadOf(
      manifestOf([...small, large]),
      `${small.map((_, n) => `small ${n}`).join('')}${'y'.repeat(900_000)}`,
    );
    const body = asked.body as Buffer;
    const opened = openRequest(to.port, {
      ...asked,
      headers: { ...asked.headers, 'content-length': String(body.length) },
    });
    opened.on('error', () => undefined);
    opened.write(body.subarray(0, 800_000));
    await until('something is staged', async () => (await to.files()).length > 0);
    opened.destroy();
    await until('the request has ended', () => to.receiver.status().inFlight === 0);
    await to.assertNothingWritten();
    const answer = await ask(to.port, uploadOf(manifestOf([liveOf('one')]), 'one'));
    assert.deepEqual(codes(answer), ['settled']);
  });

  it('ends an upload whose body stops coming: 504 TIMED_OUT, nothing stays staged, the connection is closed', async (t) => {
    const clock = createFakeClock(Date.now());
    const to = await serveReceiver(t, { clock, limits: { bodyIdleMs: 30_000 } });
    const content = 'z'.repeat(1_000_000);
    const asked = uploadOf(manifestOf([liveOf(content)]), content);
    const body = asked.body as Buffer;
    const opened = openRequest(to.port, {
      ...asked,
      headers: { ...asked.headers, 'content-length': String(body.length) },
    });
    const answering = readAnswer(opened);
    opened.on('error', () => undefined);
    opened.write(body.subarray(0, 600_000));
    await until('something is staged', async () => (await to.files()).length > 0);
    let gaveUp = false;
    void answering.then(() => (gaveUp = true));
    // What was written may still be on its way, which is a sign of life: a minute of silence is counted from its end.
    await until('the server gives up', async () => {
      await clock.advanceAsync(60_001);
      return gaveUp;
    });
    const answer = await answering;
    assert.deepEqual([answer.status, answer.json['code']], [504, 'TIMED_OUT']);
    assert.equal(answer.headers.connection, 'close');
    await to.assertNothingWritten();
  });

  it('lets a slow client finish that goes on sending', async (t) => {
    const clock = createFakeClock(Date.now());
    const to = await serveReceiver(t, { clock, limits: { bodyIdleMs: 30_000, minBytesPerSecond: 1 } });
    const asked = uploadOf(manifestOf([liveOf('slow but steady')]), 'slow but steady');
    const body = asked.body as Buffer;
    const opened = openRequest(to.port, {
      ...asked,
      headers: { ...asked.headers, 'content-length': String(body.length) },
    });
    const answering = readAnswer(opened);
    for (let at = 0; at < body.length - 1; at += 200) {
      const before = bytesRead(to);
      opened.write(body.subarray(at, Math.min(at + 200, body.length - 1)));
      await until('the bytes have arrived', () => bytesRead(to) > before && clock.pending > 0);
      await clock.advanceAsync(29_999);
    }
    opened.end(body.subarray(-1));
    assert.deepEqual(codes(await answering), ['settled']);
  });

  it('keeps three parts of a large content on their way to a slow disk, and no more', async (t) => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const underWay: number[] = [];
    let now = 0;
    const slow = (replica: Replica): Replica => ({
      ...replica,
      staging: {
        ...replica.staging,
        stagePart: async (id, bytes) => {
          underWay.push((now += 1));
          if (underWay.length <= 3) await released;
          await replica.staging.stagePart(id, bytes).finally(() => (now -= 1));
        },
      },
    });
    const to = await serveReceiver(t, { wrap: slow });
    const content = Array.from({ length: 8_000_000 }, (_, at) =>
      String.fromCharCode(97 + ((at >> 9) % 26)),
    ).join('');
    const answering = ask(to.port, uploadOf(manifestOf([liveOf(content)]), content));
    await until('parts wait for the disk', () => underWay.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    release();
    assert.deepEqual(codes(await answering), ['settled']);
    assert.ok(underWay.length >= 8_000_000 / (512 * 1024));
    assert.equal(Math.max(...underWay), 3);
  });

  it('does not blame a client whom the slow disk of this server holds back', async (t) => {
    const clock = createFakeClock(Date.now());
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = (replica: Replica): Replica => ({
      ...replica,
      staging: {
        ...replica.staging,
        stagePart: async (id, bytes) => {
          await released;
          return replica.staging.stagePart(id, bytes);
        },
      },
    });
    const to = await serveReceiver(t, { clock, wrap: slow, limits: { bodyIdleMs: 30_000 } });
    const content = 'z'.repeat(20_000_000);
    const answering = ask(to.port, uploadOf(manifestOf([liveOf(content)]), content));
    let before = -1;
    await until('the client is held back', async () => {
      const stands = bytesRead(to) === before && before > 0;
      before = bytesRead(to);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return stands && clock.pending > 0;
    });
    await clock.advanceAsync(120_000);
    release();
    assert.deepEqual(codes(await answering), ['settled']);
  });

  it('counts the bytes of a body that does not say how long it is: 413 REQUEST_TOO_LARGE', async (t) => {
    const to = await serveReceiver(t, { limits: { maxRequestBytes: 4000 } });
    const content = 'x'.repeat(5000);
    const chunked = { 'content-length': undefined, 'transfer-encoding': 'chunked' };
    const answer = await ask(to.port, uploadOf(manifestOf([liveOf(content)]), content, { headers: chunked }));
    assert.deepEqual([answer.status, answer.json['code']], [413, 'REQUEST_TOO_LARGE']);
    await to.assertNothingWritten();
  });

  it('answers what the disk cannot take as DISK_FULL, for that entry only', async (t) => {
    const full = (replica: Replica): Replica => ({
      ...replica,
      staging: {
        ...replica.staging,
        stageOpen: () => Promise.reject(new SyncError('DISK_FULL', 'There is no space left: free some.')),
      },
    });
    const to = await serveReceiver(t, { wrap: full });
    const large = 'l'.repeat(400_000);
    const entries = [liveOf(large, { path: 'large.bin' }), liveOf('small', { path: 'small.css' })];
    const answer = await ask(to.port, uploadOf(manifestOf(entries), `${large}small`));
    assert.deepEqual(codes(answer), ['DISK_FULL', 'settled']);
    assert.deepEqual(await to.files(), ['static/small.css']);
  });

  it('replaces a file and keeps what it replaced in the archive', async (t) => {
    const to = await serveReceiver(t);
    await ask(to.port, uploadOf(manifestOf([liveOf('old')]), 'old'));
    const answer = await ask(to.port, uploadOf(manifestOf([liveOf('new')]), 'new'));
    assert.deepEqual(codes(answer), ['settled']);
    assert.equal(await textOf(to, 'static/app.css'), 'new');
    assert.equal(to.replica.index.archive.list()[0]?.digest, sha256('old'));
  });
});

describe('POST /upload of a script', () => {
  const token = 'token-of-the-tests';
  const plain = (
    fields: readonly Parameters<typeof multipart>[0][number][],
    bearer = token,
  ): Parameters<typeof ask>[1] => ({
    method: 'POST',
    route: '/upload',
    body: multipart(fields),
    headers: {
      'content-type': multipartType,
      'x-lockstep-signature': undefined,
      authorization: `Bearer ${bearer}`,
    },
  });
  const field = (name: string, content: string): Parameters<typeof multipart>[0][number] => ({
    name,
    content,
  });
  const file = (content: string): Parameters<typeof multipart>[0][number] => ({
    name: 'file',
    content,
    fileName: '../../etc/passwd',
  });
  const target = (name = 'uploads/grüße-😀.txt'): Parameters<typeof multipart>[0] => [
    field('base_folder', 'instance'),
    field('path', name),
  ];
  const serve = (t: TestContext, options: ServeOptions = {}): Promise<ReceiverServer> =>
    serveReceiver(t, { uploadToken: token, ...options });

  it('writes the file under the path of the form, whatever name the file has at the client', async (t) => {
    const to = await serve(t);
    const answer = await ask(
      to.port,
      plain([...target(), file('hello'), field('checksum', sha256('hello').toUpperCase())]),
    );
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.json, {
      base_folder: 'instance',
      path: 'uploads/grüße-😀.txt',
      digest: sha256('hello'),
      size: 5,
    });
    assert.equal(await textOf(to, 'instance/uploads/grüße-😀.txt'), 'hello');
    assert.deepEqual(await to.files(), ['instance/uploads/grüße-😀.txt']);
    const row = to.replica.index.after(0, 10)[0];
    assert.equal(row?.entry.modifiedBy, 'web-2');
    assert.equal(row.learnedFrom, null);
  });

  it('takes a checksum that comes before the file, and an empty file', async (t) => {
    const to = await serve(t);
    const answer = await ask(
      to.port,
      plain([field('checksum', sha256('')), ...target('empty.txt'), file('')]),
    );
    assert.deepEqual([answer.status, answer.json['size']], [201, 0]);
  });

  const refused: [string, () => Parameters<typeof ask>[1], number, string, ServeOptions?][] = [
    [
      'a wrong checksum',
      () => plain([...target(), file('hello'), field('checksum', sha256('other'))]),
      422,
      'CHECKSUM_MISMATCH',
    ],
    [
      'a checksum that is none',
      () => plain([...target(), file('hello'), field('checksum', 'abc')]),
      400,
      'REQUEST_MALFORMED',
    ],
    ['no path', () => plain([field('base_folder', 'instance'), file('hello')]), 400, 'REQUEST_MALFORMED'],
    [
      'the path after the file',
      () => plain([field('base_folder', 'instance'), file('hello'), field('path', 'a.txt')]),
      400,
      'REQUEST_MALFORMED',
    ],
    ['no base_folder', () => plain([field('path', 'a.txt'), file('hello')]), 400, 'REQUEST_MALFORMED'],
    [
      'two paths',
      () => plain([...target('a.txt'), field('path', 'b.txt'), file('hello')]),
      400,
      'REQUEST_MALFORMED',
    ],
    ['no file', () => plain(target()), 400, 'REQUEST_MALFORMED'],
    [
      'another file field',
      () => plain([...target(), { name: 'other', content: 'x', fileName: 'x' }]),
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a field that pretends to be an object',
      () => plain([field('path[__proto__][x]', 'y'), ...target(), file('hello')]),
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'an unknown folder',
      () => plain([field('base_folder', 'etc'), field('path', 'a'), file('hello')]),
      404,
      'FOLDER_UNKNOWN',
    ],
    [
      'a path that climbs',
      () => plain([field('base_folder', 'instance'), field('path', '../a'), file('hello')]),
      400,
      'PATH_INVALID',
    ],
    ['an excluded path', () => plain([...target('app.sqlite'), file('hello')]), 422, 'PATH_IGNORED'],
    [
      'too large a file',
      () => plain([...target(), file('hello')]),
      413,
      'FILE_TOO_LARGE',
      { open: { maxFileBytes: 4 } },
    ],
    [
      'a wrong token',
      () => plain([...target(), file('hello')], 'token-of-someone-else'),
      401,
      'AUTH_REQUIRED',
    ],
    [
      'a token where none is set',
      () => plain([...target(), file('hello')]),
      401,
      'AUTH_REQUIRED',
      { uploadToken: false },
    ],
  ];
  for (const [what, make, status, code, options] of refused) {
    it(`refuses a form with ${what}: ${status} ${code}, and writes nothing`, async (t) => {
      const to = await serve(t, options);
      const answer = await ask(to.port, make());
      assert.deepEqual([answer.status, answer.json['code']], [status, code]);
      await to.assertNothingWritten();
    });
  }

  it('is told to wait when the disk is full: 507 DISK_FULL and Retry-After', async (t) => {
    const full = (replica: Replica): Replica => ({
      ...replica,
      staging: {
        ...replica.staging,
        stagePart: () => Promise.reject(new SyncError('DISK_FULL', 'There is no space left: free some.')),
      },
    });
    const to = await serve(t, { wrap: full });
    const answer = await ask(to.port, plain([...target(), file('hello')]));
    assert.deepEqual(
      [answer.status, answer.json['code'], answer.headers['retry-after']],
      [507, 'DISK_FULL', '30'],
    );
    await to.assertNothingWritten();
  });

  it('may delete the file again, by query or JSON, and is told when there is none', async (t) => {
    const to = await serve(t);
    const headers = { 'x-lockstep-signature': undefined, authorization: `Bearer ${token}` };
    for (const name of ['a.txt', 'b.txt', 'c.txt'])
      await ask(to.port, plain([...target(name), file('hello')]));
    const first = await ask(to.port, {
      method: 'DELETE',
      route: '/delete?base_folder=instance&path=a.txt',
      headers,
    });
    assert.deepEqual(
      [first.status, first.json],
      [200, { base_folder: 'instance', path: 'a.txt', deleted: true }],
    );
    const body = JSON.stringify({ base_folder: 'instance', path: 'b.txt' });
    const second = await ask(to.port, {
      method: 'DELETE',
      route: '/delete',
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    });
    assert.equal(second.status, 200);
    assert.deepEqual(await to.files(), ['instance/c.txt']);
    const again = await ask(to.port, {
      method: 'DELETE',
      route: '/delete?base_folder=instance&path=a.txt',
      headers,
    });
    assert.deepEqual([again.status, again.json['code']], [404, 'NOT_FOUND']);
    const none = await ask(to.port, { method: 'DELETE', route: '/delete?base_folder=instance', headers });
    assert.deepEqual([none.status, none.json['code']], [400, 'REQUEST_MALFORMED']);
  });

  it('opens no other route: the token is for uploads and deletions', async (t) => {
    const to = await serve(t);
    await writeFile(path.join(to.root, 'instance/secret.txt'), 'hidden');
    const headers = { 'x-lockstep-signature': undefined, authorization: `Bearer ${token}` };
    for (const route of ['/hello', '/index', '/status', '/content?base_folder=instance&path=secret.txt']) {
      const answer = await ask(to.port, { method: 'GET', route, headers });
      assert.deepEqual([answer.status, answer.json['code']], [401, 'AUTH_REQUIRED'], route);
    }
    const offer = await ask(to.port, { method: 'POST', route: '/offer', body: manifestOf([]), headers });
    assert.equal(offer.status, 401);
  });
});
