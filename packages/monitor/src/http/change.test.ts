import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { furnish, startExampleMonitor, type ExampleMonitor } from '../testing/http/example-monitor.js';

let example: ExampleMonitor;
let token: string;

before(async () => {
  example = await startExampleMonitor();
  await furnish(example);
  const html = await (await fetch(example.url)).text();
  token = /name="lockstep-token" content="([^"]+)"/.exec(html)?.[1] ?? '';
});
after(() => example.close());
beforeEach(() => {
  example.sender.calls.length = 0;
});

const emptyRow = { folder: null, path: null, peer: null, bytes: 0, ms: null, code: null };

function post(
  path: string,
  headers: Record<string, string> = { 'x-lockstep-token': token },
): Promise<Response> {
  return fetch(`${example.url}${path}`, { method: 'POST', headers, redirect: 'manual' });
}

describe('the buttons of the page', () => {
  for (const [action, method] of [
    ['retry', 'retryNow'],
    ['rescan', 'rescan'],
    ['pause', 'pause'],
    ['resume', 'resume'],
  ] as const) {
    it(`do what they say: ${action}`, async () => {
      const answer = await post(`/api/actions/${action}`);
      assert.equal(answer.status, 200);
      assert.deepEqual(example.sender.calls, [method]);
      assert.notEqual(((await answer.json()) as { message: string }).message, '');
    });
  }

  it('refuse an action that does not exist and name those that do', async () => {
    const answer = await post('/api/actions/explode');
    assert.equal(answer.status, 404);
    assert.match(((await answer.json()) as { message: string }).message, /retry, rescan, pause, resume/);
  });

  it('say that this process does not send when it does not', async () => {
    example.sender.change({ active: false });
    const answer = await post('/api/actions/pause');
    example.sender.change({ active: true });
    assert.equal(answer.status, 503);
    assert.deepEqual(example.sender.calls, []);
  });

  it('work as plain forms without a script, and lead back to the page', async () => {
    const answer = await fetch(`${example.url}/api/actions/retry`, {
      method: 'POST',
      headers: {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
      },
      body: new URLSearchParams({ token }),
      redirect: 'manual',
    });
    assert.equal(answer.status, 303);
    const back = new URL(answer.headers.get('location') ?? '', `${example.url}/api/actions/retry`);
    assert.equal(back.href, `${example.url}/`);
    assert.deepEqual(example.sender.calls, ['retryNow']);
  });
});

describe('a button that was pressed', () => {
  it('is seen at once by everybody who looks', async () => {
    const { body } = await fetch(`${example.url}/api/events`);
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    const pushed = async (): Promise<void> => {
      let text = '';
      while (!text.includes('"rescan-was-seen"')) {
        const part = await reader?.read();
        assert.ok(part && !part.done, 'the stream ended');
        text += part.value;
      }
    };
    await post('/api/actions/rescan');
    const since = performance.now();
    example.replica.index.activity.add([
      { ...emptyRow, atMs: Date.now(), kind: 'note', message: 'rescan-was-seen' },
    ]);
    await pushed();
    assert.ok(performance.now() - since < 4_000, 'not before the next regular push');
    await reader?.cancel();
  });
});

describe('a request for a change', () => {
  const foreign: readonly [string, Record<string, string>][] = [
    ['without the token of the page', {}],
    ['with a wrong token', { 'x-lockstep-token': 'guess' }],
  ];
  for (const [title, headers] of foreign) {
    it(`is refused ${title}`, async () => {
      assert.equal((await post('/api/actions/pause', headers)).status, 403);
      assert.deepEqual(example.sender.calls, []);
    });
  }

  for (const [name, value] of [
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
  ] as const) {
    it(`is refused from another site (${name}: ${value})`, async () => {
      assert.equal(
        (await post('/api/actions/pause', { 'x-lockstep-token': token, [name]: value })).status,
        403,
      );
      assert.deepEqual(example.sender.calls, []);
    });
  }

  it('is taken from the same origin', async () => {
    const { origin } = new URL(example.url);
    assert.equal((await post('/api/actions/retry', { 'x-lockstep-token': token, origin })).status, 200);
  });

  it('is taken from the same origin behind a proxy that changes the host name', async () => {
    const headers = {
      'x-lockstep-token': token,
      origin: 'https://app.example',
      'sec-fetch-site': 'same-origin',
    };
    assert.equal((await post('/api/actions/retry', headers)).status, 200);
  });

  it('changes nothing by GET', async () => {
    assert.equal((await fetch(`${example.url}/api/actions/pause`)).status, 404);
    assert.deepEqual(example.sender.calls, []);
  });

  it('is taken with the token of another process of the same host', async () => {
    const second = await startExampleMonitor({ replica: example.replica });
    const html = await (await fetch(second.url)).text();
    assert.ok(html.includes(token));
    await second.close();
  });
});

describe('a hold', () => {
  it('is restored by the sender', async () => {
    const [hold] = example.replica.index.holds.list();
    assert.ok(hold);
    const answer = await post(`/api/holds/${hold.id}/restore`);
    assert.equal(answer.status, 200);
    assert.equal(
      ((await answer.json()) as { message: string }).message,
      'Restored 63 files from peers. 1 file could not be brought back, first catalogue/item-3.webp: No peer has it.',
    );
    assert.deepEqual(example.sender.calls, [`restoreHold ${hold.id}`]);
  });

  it('is released by the replica', async () => {
    const [hold] = example.replica.index.holds.list();
    assert.ok(hold);
    assert.equal((await post(`/api/holds/${hold.id}/release`)).status, 200);
    assert.deepEqual(example.replica.index.holds.list(), []);
  });

  it('that does not exist cannot be released', async () => {
    const answer = await post('/api/holds/999/release');
    assert.equal(answer.status, 404);
    assert.equal(((await answer.json()) as { code: string }).code, 'NOT_FOUND');
  });

  it('is named by a number', async () => {
    assert.equal((await post('/api/holds/none/release')).status, 400);
  });
});
