import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MonitorStatus } from '../status.js';
import { startExampleMonitor, type ExampleMonitor } from '../testing/http/example-monitor.js';

let example: ExampleMonitor;

before(async () => {
  example = await startExampleMonitor();
});
after(() => example.close());

interface Stream {
  readonly response: Response;
  /** The next state; undefined when the stream ended. */
  next(): Promise<MonitorStatus | undefined>;
  end(): void;
}

async function open(query = ''): Promise<Stream> {
  const abort = new AbortController();
  const response = await fetch(`${example.url}/api/events${query}`, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<MonitorStatus | undefined> => {
    for (;;) {
      const found = /^data: (.*)\n\n/m.exec(text);
      if (found) {
        text = text.slice(found.index + found[0].length);
        return JSON.parse(found[1] ?? '') as MonitorStatus;
      }
      const part = await reader?.read();
      if (!part || part.done) return undefined;
      text += part.value;
    }
  };
  return { response, next, end: () => abort.abort() };
}

describe('GET /api/events', () => {
  it('streams the full status, now and at every change', async () => {
    const stream = await open();
    assert.match(stream.response.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.equal((await stream.next())?.state.paused, false);
    example.sender.change({ paused: true });
    assert.equal((await stream.next())?.state.paused, true);
    example.sender.change({ paused: false });
    stream.end();
  });

  it('tells of a change in the replica', async () => {
    const stream = await open();
    await stream.next();
    example.replica.events.emit('unheld', { id: 1, folder: 'static' });
    assert.ok(await stream.next());
    stream.end();
  });

  it('gives the page in words when asked to', async () => {
    const stream = await open('?view=page');
    const page = (await stream.next()) as unknown as { documentTitle: string };
    assert.match(page.documentTitle, /web-1/);
    stream.end();
  });

  it('refuses more than 50 pages at once, and takes one when another leaves', async () => {
    const streams = await Promise.all(Array.from({ length: 50 }, () => open()));
    const refused = await open();
    assert.equal(refused.response.status, 429);
    assert.equal(refused.response.headers.get('retry-after'), '10');
    streams[0]?.end();
    const deadlineMs = Date.now() + 5_000;
    let again = await open();
    while (again.response.status === 429 && Date.now() < deadlineMs) again = await open();
    assert.equal(again.response.status, 200);
    for (const stream of [...streams, again]) stream.end();
  });

  it('ends every stream when the monitor is closed', async () => {
    const other = await startExampleMonitor();
    const response = await fetch(`${other.url}/api/events`);
    const ended = response.text();
    other.monitor.close();
    assert.match(await ended, /^retry: 2000/);
    await other.close();
  });
});
