import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createFakeClock } from '@lockstep/core/testing';
import { startExampleMonitor, type ExampleMonitor } from '../testing/http/example-monitor.js';

type Headers = Readonly<Record<string, string>>;

function basic(password: string, user = 'anyone'): Headers {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** The status of a request with a host name of its own, which fetch does not allow. */
function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

describe('access without a password', () => {
  let example: ExampleMonitor;
  before(async () => {
    example = await startExampleMonitor();
  });
  after(() => example.close());

  it('is given to a browser of this machine', async () => {
    assert.equal((await fetch(example.url)).status, 200);
  });

  const forwarded: readonly [string, string][] = [
    ['x-forwarded-for', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['x-forwarded-host', 'example.org'],
    ['via', '1.1 proxy'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded', '127.0.0.1'],
    ['x-client-ip', '127.0.0.1'],
    ['cf-connecting-ip', '127.0.0.1'],
    ['true-client-ip', '127.0.0.1'],
  ];
  for (const [header, value] of forwarded) {
    it(`is refused when a proxy passed the request on (${header})`, async () => {
      const answer = await fetch(`${example.url}/api/status`, { headers: { [header]: value } });
      assert.equal(answer.status, 403);
      const body = (await answer.json()) as { code: string; message: string };
      assert.equal(body.code, 'RIGHT_MISSING');
      assert.match(body.message, /Set LOCKSTEP_MONITOR_PASSWORD/);
    });
  }

  it('is refused to a proxy that adds no header: it speaks HTTP/1.0, as nginx does unless told otherwise', async () => {
    const { hostname, port, pathname } = new URL(example.url);
    for (const [version, status] of [
      ['1.0', 403],
      ['1.1', 200],
    ]) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET ${pathname}/api/status HTTP/${version}\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`,
      );
      const [answer] = (await once(socket, 'data')) as [Buffer];
      assert.match(answer.toString(), new RegExp(`^HTTP/1\\.1 ${status} `, 'u'));
      socket.destroy();
    }
  });

  it('is refused when a web page pointed its own name at this machine', async () => {
    assert.equal(await statusWithHost(`${example.url}/api/status`, 'evil.example:80'), 403);
    assert.equal(await statusWithHost(`${example.url}/api/status`, 'localhost:4001'), 200);
    assert.equal(await statusWithHost(`${example.url}/api/status`, '[::1]:4001'), 200);
  });

  it('is refused to a person in words, as a page', async () => {
    const headers = { accept: 'text/html', via: '1.1 proxy' };
    const answer = await fetch(example.url, { headers });
    assert.equal(answer.status, 403);
    assert.match(answer.headers.get('content-type') ?? '', /html/);
    assert.match(await answer.text(), /Set LOCKSTEP_MONITOR_PASSWORD/);
  });

  it('covers every route, styles and scripts too', async () => {
    for (const path of [
      '',
      '/api/status',
      '/api/events',
      '/api/activity',
      '/api/archive',
      '/api/files',
      '/metrics',
      '/static/js/monitor.js',
      '/nothing',
    ]) {
      const answer = await fetch(`${example.url}${path}`, { headers: { via: '1.1 proxy' } });
      assert.equal(answer.status, 403, path);
      await answer.body?.cancel();
    }
  });

  it('is refused to everybody in production', async () => {
    const production = await startExampleMonitor({ production: true });
    try {
      assert.equal((await fetch(`${production.url}/api/status`)).status, 403);
    } finally {
      await production.close();
    }
  });
});

describe('access with a password', () => {
  const clock = createFakeClock(Date.now());
  let example: ExampleMonitor;
  before(async () => {
    example = await startExampleMonitor({ password: 'correct horse: battery', production: true, clock });
  });
  after(() => example.close());

  async function statusWith(headers: Headers): Promise<number> {
    return (await fetch(`${example.url}/api/status`, { headers })).status;
  }

  it('asks for it', async () => {
    const answer = await fetch(`${example.url}/api/status`);
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm=/);
    assert.equal(((await answer.json()) as { code: string }).code, 'AUTH_REQUIRED');
  });

  it('is given with any user name, also through a proxy', async () => {
    assert.equal(await statusWith(basic('correct horse: battery')), 200);
    assert.equal(
      await statusWith({ ...basic('correct horse: battery', ''), 'x-forwarded-for': '1.2.3.4' }),
      200,
    );
  });

  it('is refused with another password, and with none after the colon', async () => {
    assert.equal(await statusWith(basic('correct horse')), 401);
    assert.equal(await statusWith(basic('')), 401);
    assert.equal(await statusWith({ authorization: 'Bearer correct horse: battery' }), 401);
  });

  it('makes an address wait after ten wrong passwords in a minute, even with the right one', async () => {
    clock.advance(60_001);
    for (let attempt = 0; attempt < 10; attempt += 1) assert.equal(await statusWith(basic('guess')), 401);
    const answer = await fetch(`${example.url}/api/status`, { headers: basic('correct horse: battery') });
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get('retry-after'), '60');
    clock.advance(60_001);
    assert.equal(await statusWith(basic('correct horse: battery')), 200);
  });

  it('does not count requests without a password as guesses', async () => {
    clock.advance(60_001);
    for (let attempt = 0; attempt < 12; attempt += 1) assert.equal(await statusWith({}), 401);
    assert.equal(await statusWith(basic('correct horse: battery')), 200);
  });
});
