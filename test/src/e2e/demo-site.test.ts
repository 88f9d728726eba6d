import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { eventually, serverScript, sharedFleet, type TestServer } from '../harness/index.js';

interface UploadedFile {
  readonly name: string;
  readonly href: string;
}

const filesOf = async ({ url }: TestServer): Promise<readonly UploadedFile[]> =>
  (await (await fetch(`${url}/api/files`)).json()) as readonly UploadedFile[];

function formWith(...files: readonly [name: string, content: string][]): FormData {
  const form = new FormData();
  for (const [name, content] of files) form.append('file', new Blob([content]), name);
  return form;
}

/** True as soon as an event names the folder, with others that changed in the same moment or alone; false when the stream ends. */
async function tells(events: ReadableStream<Uint8Array>, folder: string): Promise<boolean> {
  let rest = '';
  for await (const part of events.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    const batches = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
    if (batches.some((batch) => (JSON.parse(batch) as string[]).includes(folder))) return true;
  }
  return false;
}

describe('the demo site', () => {
  const fleet = sharedFleet(3);
  after(() => fleet.close());

  fleet.test('an uploaded file is on every server when the upload is answered', async (fleet) => {
    const body = formWith(['report 🚢.txt', 'content'], ['second.txt', 'more']);
    const response = await fetch(`${fleet.at(0).url}/upload-file`, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
    });
    assert.equal(response.status, 201, await response.clone().text());
    const answer = (await response.json()) as { saved: string[]; everywhere: boolean };
    assert.deepEqual(answer.saved, ['report 🚢.txt', 'second.txt']);
    assert.equal(answer.everywhere, true);
    for (const server of fleet.servers) {
      const file = (await filesOf(server)).find(({ name }) => name === 'report 🚢.txt');
      assert.ok(file, server.name);
      assert.equal(await (await fetch(server.url + file.href)).text(), 'content');
    }
  });

  fleet.test('a form without script is led back to the page', async (fleet) => {
    const response = await fetch(`${fleet.at(1).url}/upload-file`, {
      method: 'POST',
      body: formWith(['plain.txt', 'plain']),
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), '/');
  });

  fleet.test(
    'a form without a file, and names that cannot travel, are refused with a reason, and nothing stays',
    async (fleet) => {
      const { url, files } = fleet.at(0);
      for (const [name, reason] of [
        ['con.txt', /cannot be a file name/],
        ['.htaccess', /cannot be a file name/],
      ] as const) {
        const response = await fetch(`${url}/upload-file`, { method: 'POST', body: formWith([name, 'x']) });
        assert.equal(response.status, 400);
        assert.match(await response.text(), reason);
        assert.equal(await files.exists(`instance/uploads/${name}`), false);
      }
      const response = await fetch(`${url}/upload-file`, { method: 'POST', body: new FormData() });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /Choose a file first/);
      assert.deepEqual(
        [...(await files.tree()).keys()].filter((path) => path.includes('incoming')),
        [],
      );
    },
  );

  fleet.test(
    'a template changed on one server is on the page of another without a restart',
    async (fleet) => {
      const [alpha, , charlie] = [fleet.at(0), fleet.at(1), fleet.at(2)];
      assert.match(await (await fetch(charlie.url)).text(), /charlie has no page yet/);
      for (const version of ['one', 'two', 'three']) {
        await alpha.files.write('templates/index.ejs', `<h1><%= server.name %>: ${version}</h1>`);
        await eventually(
          async () => (await (await fetch(charlie.url)).text()) === `<h1>charlie: ${version}</h1>`,
        );
      }
    },
  );

  fleet.test('a static file has the same ETag and date on every server', async (fleet) => {
    await fleet.at(2).files.write('static/tagged.css', 'body { color: teal }');
    await fleet.equal();
    const tags = await Promise.all(
      fleet.servers.map(async ({ url }) => {
        const { headers } = await fetch(`${url}/static/tagged.css`);
        return `${headers.get('etag')} ${headers.get('last-modified')}`;
      }),
    );
    assert.equal(new Set(tags).size, 1, tags.join('\n'));
    assert.notEqual(tags[0], 'null null');
  });

  fleet.test('open pages hear of a change', async (fleet) => {
    const aborter = new AbortController();
    try {
      const { body } = await fetch(`${fleet.at(1).url}/api/changes`, { signal: aborter.signal });
      assert.ok(body);
      await fleet.at(0).files.write('static/heard.txt', 'heard');
      assert.equal(await tells(body, 'static'), true, 'the stream ended');
    } finally {
      aborter.abort();
    }
  });

  fleet.test('what somebody uploaded cannot run as a page of the site', async (fleet) => {
    await fetch(`${fleet.at(0).url}/upload-file`, {
      method: 'POST',
      body: formWith(['evil.html', '<script>1</script>']),
    });
    const { headers } = await fetch(`${fleet.at(0).url}/uploads/evil.html`);
    assert.match(headers.get('content-security-policy') ?? '', /sandbox/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  fleet.test('SIGTERM ends a server cleanly although pages listen and a monitor is open', async (fleet) => {
    const bravo = fleet.at(1);
    const open = await Promise.all(
      ['/api/changes', '/sync-monitor/api/events'].map((path) => fetch(bravo.url + path)),
    );
    assert.deepEqual(
      open.map(({ status }) => status),
      [200, 200],
    );
    assert.equal(await bravo.stop(), 0);
    assert.match(bravo.output, /Lockstep has closed/);
    await bravo.start();
  });
});

test(
  'the fleet starts three servers, gives the site to one, and stops on Ctrl-C',
  { timeout: 60_000 },
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-demo-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const fleet = fork(join(dirname(serverScript), 'fleet.js'), [], { cwd: directory, silent: true });
    t.after(() => fleet.kill('SIGKILL'));
    let output = '';
    fleet.stdout?.on('data', (part: Buffer) => (output += part.toString()));
    fleet.stderr?.on('data', (part: Buffer) => (output += part.toString()));
    await eventually(
      () => (output.includes('Ctrl-C stops all servers') ? true : `its output: ${output}`),
      30_000,
    );
    const urls = [...output.matchAll(/^ {2}(alpha|bravo|charlie) +(http:\S+)/gm)].map(([, name, url]) => ({
      name,
      url: url ?? '',
    }));
    assert.deepEqual(
      urls.map(({ name }) => name),
      ['alpha', 'bravo', 'charlie'],
    );
    for (const { name, url } of urls) {
      await eventually(async () => {
        const page = await (await fetch(url)).text();
        return (
          (page.includes(`Answered by <strong>${name}</strong>`) && page.includes('welcome.txt')) ||
          page.slice(0, 300)
        );
      });
    }
    fleet.kill('SIGINT');
    const [code] = (await once(fleet, 'exit')) as [number | null];
    assert.equal(code, 0, output);
    for (const { url } of urls) await assert.rejects(fetch(url));
  },
);
