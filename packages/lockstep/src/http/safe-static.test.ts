import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import express5 from 'express';
import express4 from 'express4';
import { safeStatic } from './safe-static.js';

/** A site in a temporary folder, served from `/static` by safeStatic and from `/plain` by express.static. */
async function serveSite(t: TestContext, express = express5): Promise<{ url: string; root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-static-'));
  const app = express();
  app.use('/static', safeStatic(root));
  app.use('/plain', express.static(root));
  app.use((_request, response) => void response.status(404).end('nothing here'));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(root, { recursive: true, force: true });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, root };
}

for (const [name, express] of [
  ['Express 5', express5],
  ['Express 4', express4],
] as const) {
  test(`answers as express.static does: type, ETag, date, ranges, HEAD and 304 (${name})`, async (t) => {
    const { url, root } = await serveSite(t, express);
    await mkdir(join(root, 'docs'));
    await writeFile(join(root, 'site.css'), 'body { color: teal }');
    await writeFile(join(root, 'two words 🚢.txt'), 'named');
    await writeFile(join(root, 'docs', 'index.html'), '<h1>docs</h1>');
    const requests: [path: string, init?: RequestInit][] = [
      ['/site.css'],
      ['/site.css', { method: 'HEAD' }],
      ['/site.css', { headers: { range: 'bytes=5-8' } }],
      ['/two%20words%20%F0%9F%9A%A2.txt'],
      ['/docs/'],
      ['/missing.txt'],
      ['/site.css/inner'],
      ['/site.css', { method: 'POST' }],
    ];
    const answerOf = async (path: string, init?: RequestInit) => {
      const { status, headers, ...response } = await fetch(url + path, init).then(async (answer) => ({
        status: answer.status,
        headers: answer.headers,
        body: await answer.text(),
      }));
      const names = [
        'content-type',
        'content-length',
        'etag',
        'last-modified',
        'content-range',
        'cache-control',
      ];
      return { status, ...response, headers: names.map((each) => headers.get(each)?.toLowerCase()) };
    };
    for (const [path, init] of requests) {
      assert.deepEqual(await answerOf(`/static${path}`, init), await answerOf(`/plain${path}`, init), path);
    }
    const etag = (await fetch(`${url}/static/site.css`)).headers.get('etag') ?? '';
    assert.equal(
      (
        await fetch(`${url}/static/site.css`, {
          headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
        })
      ).status,
      304,
    );
    const redirected = await fetch(`${url}/static/docs?x=1`, { redirect: 'manual' });
    assert.deepEqual([redirected.status, redirected.headers.get('location')], [301, '/static/docs/?x=1']);
  });
}

test('serves nothing hidden and nothing outside its folder', async (t) => {
  const { url, root } = await serveSite(t);
  await writeFile(join(root, '.env'), 'hush');
  await mkdir(join(root, '.git'));
  await writeFile(join(root, '.git', 'config'), 'hush');
  for (const path of [
    '/.env',
    '/.git/config',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/a%00b',
    '/%zz',
    '/..%5c',
  ]) {
    const response = await fetch(`${url}/static${path}`);
    assert.equal(response.status, 404, path);
    assert.equal(await response.text(), 'nothing here');
  }
});

test(
  'no answer mixes two versions while the file is replaced a thousand times',
  { timeout: 60_000 },
  async (t) => {
    const { url, root } = await serveSite(t);
    const file = join(root, 'page.txt');
    // Versions of different lengths: a mixed answer has the length of one and the bytes of another, or never ends.
    const replace = async (version: number): Promise<void> => {
      await writeFile(`${file}.new`, String(version % 10).repeat(1000 + (version % 7) * 20_000));
      await utimes(`${file}.new`, 1_700_000_000 + version, 1_700_000_000 + version);
      await rename(`${file}.new`, file);
    };
    await replace(0);
    let done = false;
    let answers = 0;
    const read = async (): Promise<void> => {
      while (!done) {
        const response = await fetch(`${url}/static/page.txt`);
        const body = await response.text();
        const version = Date.parse(response.headers.get('last-modified') ?? '') / 1000 - 1_700_000_000;
        assert.equal(response.status, 200);
        assert.equal(body, String(version % 10).repeat(1000 + (version % 7) * 20_000), `version ${version}`);
        answers += 1;
      }
    };
    const readers = Promise.all(Array.from({ length: 4 }, read)).finally(() => (done = true));
    for (let version = 1; version <= 1000 && !done; version++) await replace(version);
    done = true;
    await readers;
    assert.ok(answers > 50, `only ${answers} answers were checked`);
  },
);
