import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { MonitorStatus } from '../status.js';
import {
  furnish,
  hostileNames,
  startExampleMonitor,
  type ExampleMonitor,
} from '../testing/http/example-monitor.js';

let example: ExampleMonitor;

before(async () => {
  example = await startExampleMonitor();
  await furnish(example);
});
after(() => example.close());

async function json<T>(address: string): Promise<T> {
  const answer = await fetch(`${example.url}${address}`);
  assert.equal(answer.status, 200, address);
  return (await answer.json()) as T;
}

interface Rows {
  readonly rows: readonly {
    readonly id: number;
    readonly kind?: string;
    readonly reason?: string;
    readonly path: string;
  }[];
  readonly next: number | null;
}

describe('GET /api/status', () => {
  it('gives everything the page shows', async () => {
    const status = await json<MonitorStatus>('/api/status');
    assert.equal(status.node, 'web-1');
    assert.equal(status.state.word, 'held');
    assert.deepEqual(
      status.peers.map((peer) => [peer.name, peer.state, peer.lagChanges, peer.deferredCount]),
      [
        ['web-2', 'up', 0, 0],
        ['web-3', 'up', 12, 1],
        ['web-4', 'unreachable', 214, 0],
      ],
    );
    assert.equal(status.operations.upload.ok, 11_804);
    assert.equal(status.received.ok, 5_210);
    assert.equal(status.holds[0]?.count, 64);
    assert.equal(status.conflicts.recent[0]?.path, 'index.ejs');
    assert.ok(status.process.rssBytes > 0);
  });

  it('is the same that the app gets', () => {
    assert.equal(example.monitor.status().node, 'web-1');
  });

  it('is never kept by a cache', async () => {
    const answer = await fetch(`${example.url}/api/status`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });
});

describe('GET /api/activity', () => {
  it('pages through the history', async () => {
    const first = await json<Rows>('/api/activity?limit=2');
    assert.equal(first.rows.length, 2);
    const second = await json<Rows>(`/api/activity?limit=2&before=${first.next}`);
    assert.ok((second.rows[0]?.id ?? 0) < (first.rows[1]?.id ?? 0));
  });

  it('gives one kind, and what contains a text', async () => {
    const { rows } = await json<Rows>('/api/activity?kind=sent&text=SITE.css');
    assert.deepEqual(
      rows.map((row) => [row.kind, row.path]),
      [['sent', 'css/site.css']],
    );
  });

  for (const query of ['limit=many', 'limit=0', 'before=-1', 'kind=nonsense', 'text=a&text=b']) {
    it(`refuses ${query} and says what to give`, async () => {
      const answer = await fetch(`${example.url}/api/activity?${query}`);
      assert.equal(answer.status, 400);
      const { code, message } = (await answer.json()) as { code: string; message: string };
      assert.equal(code, 'REQUEST_MALFORMED');
      assert.match(message, /Give /);
    });
  }
});

describe('GET /api/archive', () => {
  it('lists what was replaced, deleted or lost a conflict', async () => {
    const { rows } = await json<Rows>('/api/archive?reason=conflict');
    assert.deepEqual(
      rows.map((row) => [row.reason, row.path]),
      [['conflict', 'index.ejs']],
    );
  });

  it('continues where a page ended', async () => {
    const first = await json<Rows>('/api/archive?limit=1');
    assert.equal(first.next, 1);
    const second = await json<Rows>('/api/archive?limit=1&offset=1');
    assert.notEqual(second.rows[0]?.id, first.rows[0]?.id);
  });
});

describe('an archived version', () => {
  async function archiveOne(): Promise<number> {
    const file = path.join(example.root, 'static/app.js');
    await writeFile(file, 'the first words');
    await example.replica.scan('static');
    const row = example.replica.index.rows('static').find(({ entry }) => entry.path === 'app.js');
    assert.ok(row?.entry.state === 'live');
    await example.replica.remove(row.entry);
    const [archived] = example.replica.index.archive.list({ reason: 'deleted', limit: 1 });
    assert.ok(archived);
    return archived.id;
  }

  it('is downloaded as a file, never shown', async () => {
    const id = await archiveOne();
    const answer = await fetch(`${example.url}/api/archive/${id}/download`);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), 'the first words');
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="?app\.js"?$/);
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
    assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  });

  it('comes back as the newest version', async () => {
    const id = await archiveOne();
    const html = await (await fetch(example.url)).text();
    const token = /name="lockstep-token" content="([^"]+)"/.exec(html)?.[1] ?? '';
    const answer = await fetch(`${example.url}/api/archive/${id}/restore`, {
      method: 'POST',
      headers: { 'x-lockstep-token': token },
    });
    assert.equal(answer.status, 200);
    const row = example.replica.index.rows('static').find(({ entry }) => entry.path === 'app.js');
    assert.equal(row?.entry.state, 'live');
  });

  it('that left the archive is not found', async () => {
    const answer = await fetch(`${example.url}/api/archive/99999/download`);
    assert.equal(answer.status, 404);
    assert.equal(((await answer.json()) as { code: string }).code, 'NOT_FOUND');
  });
});

describe('GET /api/files', () => {
  it('tells for each file on which servers it is', async () => {
    const { files } = await json<{ files: { path: string; peers: Record<string, string> }[] }>(
      '/api/files?folder=static&prefix=css/',
    );
    assert.deepEqual(
      files.map((file) => [file.path, file.peers]),
      [['css/site.css', { 'web-2': 'pending', 'web-3': 'pending', 'web-4': 'pending' }]],
    );
  });

  it('refuses a folder that does not exist and names those that do', async () => {
    const answer = await fetch(`${example.url}/api/files?folder=secrets`);
    assert.equal(answer.status, 404);
    assert.match(((await answer.json()) as { message: string }).message, /instance, templates, static/);
  });
});

describe('GET /metrics', () => {
  it('gives the numbers in the text format of Prometheus', async () => {
    const answer = await fetch(`${example.url}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const lines = (await answer.text()).split('\n');
    const expected = [
      'lockstep_peer_up{peer="web-2"} 1',
      'lockstep_peer_up{peer="web-4"} 0',
      'lockstep_peer_lag_changes{peer="web-4"} 214',
      'lockstep_peer_deferred_files{peer="web-3"} 1',
      'lockstep_operations_total{operation="upload",outcome="ok"} 11804',
      'lockstep_operations_total{operation="upload",outcome="failed"} 7',
      'lockstep_latency_seconds{quantile="0.95"} 0.061',
      'lockstep_held_files 64',
      'lockstep_in_step 0',
      '# TYPE lockstep_operations_total counter',
    ];
    for (const line of expected) assert.ok(lines.includes(line), line);
  });

  it('forgets a peer that left', async () => {
    const peers = example.sender.status().peers ?? [];
    example.sender.change({ peers: peers.slice(0, 1) });
    const text = await (await fetch(`${example.url}/metrics`)).text();
    example.sender.change({ peers });
    assert.ok(text.includes('lockstep_peer_up{peer="web-2"} 1'));
    assert.ok(!text.includes('web-4'));
  });

  it('does not meet the metrics of the app', async () => {
    const { register } = await import('prom-client');
    assert.equal(register.getMetricsAsArray().length, 0);
  });
});

describe('the monitor', () => {
  it('answers what it does not have from the error catalogue', async () => {
    const answer = await fetch(`${example.url}/api/nothing`);
    assert.equal(answer.status, 404);
    assert.deepEqual(Object.keys((await answer.json()) as object), ['code', 'message', 'details']);
  });

  it('gives no file outside its static folder', async () => {
    for (const address of [
      '/static/../package.json',
      '/static/%2e%2e/package.json',
      '/static/..%2fpackage.json',
    ]) {
      assert.notEqual((await fetch(`${example.url}${address}`)).status, 200, address);
    }
  });

  it('never tells an absolute path of the server', async () => {
    for (const address of ['', '/api/status', '/api/files', '/api/archive', '/api/activity']) {
      const text = await (await fetch(`${example.url}${address}`)).text();
      assert.ok(!text.includes(example.root), address);
    }
  });

  it('spells hostile names out in the page form of its answers', async () => {
    const { rows } = await json<{ rows: { file: string }[] }>(
      '/api/activity?view=page&kind=received&text=invoice',
    );
    assert.deepEqual(
      rows.map((row) => row.file),
      [`templates/${hostileNames.reversed.replace('\u202e', '\\u{202e}')}`],
    );
  });
});
