import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import { furnish, startExampleMonitor, type ExampleMonitor } from '../testing/http/example-monitor.js';

let example: ExampleMonitor;

before(async () => {
  example = await startExampleMonitor();
  await furnish(example);
});
after(() => example.close());

async function page(query = ''): Promise<string> {
  const answer = await fetch(`${example.url}${query}`);
  assert.equal(answer.status, 200);
  return answer.text();
}

/** Every address that the page loads or links, as a browser resolves it. */
function addresses(html: string, url: string): string[] {
  return [...html.matchAll(/(?:href|src|action)="([^"#@]+)"/g)]
    .map((found) => found[1]?.replaceAll('&amp;', '&') ?? '')
    .map((address) => new URL(address, url).href);
}

describe('the page', () => {
  it('has its numbers in it before any script runs', async () => {
    const html = await page();
    assert.match(html, /<h1[^>]*>Held: deletions wait for you<\/h1>/);
    assert.match(html, /connect ECONNREFUSED 10\.0\.0\.4:443/);
    assert.match(html, /11,804/);
    assert.match(html, /64 files of static would be deleted/);
  });

  it('lets no name become markup', async () => {
    const html = await page();
    assert.ok(!html.includes('<img src=x'));
    assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt;.html'));
  });

  it('lets no search become markup', async () => {
    const attack = '"><script>alert(1)</script>';
    const html = await page(`?text=${encodeURIComponent(attack)}&prefix=${encodeURIComponent(attack)}`);
    assert.ok(!html.includes('<script>'));
  });

  it('spells out characters that hide or reorder a name', async () => {
    const html = await page();
    assert.ok(!/[\u202e\u2066]/.test(html));
    assert.ok(html.includes('invoice-\\u{202e}fdp.exe'));
    assert.ok(html.includes('old\\u{a}name.txt'));
  });

  it('has no inline script or style, and loads nothing from elsewhere', async () => {
    const answer = await fetch(example.url);
    const html = await answer.text();
    assert.ok(!/<style|<[^>]*\s(?:style|on[a-z]+)=/.test(html));
    assert.ok(!/<script(?![^>]*\ssrc=)/.test(html));
    for (const address of addresses(html, example.url)) assert.ok(address.startsWith(example.url), address);
    assert.equal(
      answer.headers.get('content-security-policy'),
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
  });

  for (const slash of ['', '/']) {
    it(`finds its own files at an address ending in "monitor${slash}"`, async () => {
      const url = `${example.url}${slash}`;
      const html = await (await fetch(url)).text();
      const files = addresses(html, url).filter((address) => address.includes('/static/'));
      assert.ok(files.length >= 10);
      for (const file of files) assert.equal((await fetch(file)).status, 200, file);
    });
  }

  it('narrows the history down without a script', async () => {
    const html = await page('?kind=conflict');
    const table = html.slice(html.indexOf('id="activity-rows"'), html.indexOf('id="activity-older"'));
    assert.ok(table.includes('web-1 had the later change'));
    assert.ok(!table.includes('app.js'));
    assert.match(html, /<option value="conflict" selected>/);
  });

  it('finds a file without a script', async () => {
    const html = await page('?folder=static&prefix=css%2F');
    assert.match(html, /web-2: on its way/);
    assert.match(html, /id="files-empty" hidden/);
  });

  it('has words where there is nothing to show', async () => {
    const empty = await startExampleMonitor();
    try {
      empty.sender.change({ peers: [], problems: [], skipped: {} });
      const html = await (await fetch(empty.url)).text();
      for (const words of [
        'No peers yet',
        'Nothing has happened yet',
        'No conflicts.',
        'Every file can be read',
      ]) {
        const before = html.slice(0, html.indexOf(words));
        assert.ok(before.length < html.length, words);
        assert.ok(!before.slice(before.lastIndexOf('<')).includes('hidden'), words);
      }
    } finally {
      await empty.close();
    }
  });

  it('works below a prefix that a proxy takes away', async () => {
    const url = new URL(example.url);
    const html = await page();
    const outside = 'https://app.example/behind/a/prefix/sync-monitor';
    for (const address of addresses(html, outside)) {
      assert.ok(address.startsWith(`${outside}/`), address);
    }
    assert.equal(url.pathname, '/sync-monitor');
  });

  it('can be mounted at the root of an app', async () => {
    const app = express().use(example.monitor.router);
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const url = `http://127.0.0.1:${address.port}/`;
    const html = await (await fetch(url)).text();
    const script = addresses(html, url).find((file) => file.endsWith('monitor.js'));
    assert.equal((await fetch(script ?? '')).status, 200);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('the templates and the script', () => {
  it('name only fields that the page model has', async () => {
    const { pageModel } = await import('../view/page.js');
    const model = pageModel(example.monitor.status());
    const known = JSON.stringify(model);
    const html = await page('?prefix=');
    const named = [...html.matchAll(/data-(?:text|show|hide|each)="([^"]+)"/g)].map(
      (found) => found[1] ?? '',
    );
    const set = [...html.matchAll(/data-set="([^"]+)"/g)].flatMap((found) =>
      (found[1] ?? '').split(' ').map((pair) => (pair.split('=')[1] ?? '').replace('@', '')),
    );
    const elsewhere = new Set(['where', 'by', 'text', 'state']);
    for (const field of new Set([...named, ...set].flatMap((name) => name.split('.')))) {
      assert.ok(elsewhere.has(field) || known.includes(`"${field}":`), field);
    }
  });
});
