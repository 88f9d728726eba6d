import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MonitorStatus } from '@lockstep/monitor';
import { eventually, type TestServer } from '../harness/index.js';
import {
  ask,
  askEach,
  askWorker,
  pressAt,
  reportsOf,
  roles,
  startHosts,
  statuses,
  uploadToken,
  workers,
} from './hosts.js';
import { deleting, deletionOf, entriesOf, outcomesOf, signedBy } from './signed.js';

const limit = { timeout: 120_000 };
const flushing = { method: 'POST', silenceMs: 70_000 };

async function write(host: TestServer, count: number, name: string): Promise<void> {
  await mkdir(join(host.root, 'static', name), { recursive: true });
  for (let nth = 0; nth < count; nth += 1)
    await writeFile(join(host.root, 'static', name, `${nth}.css`), `${name} ${nth}`);
}

async function arrived(host: TestServer, name: string): Promise<number> {
  return (await readdir(join(host.root, 'static', name)).catch(() => [])).length;
}

async function haveArrived(host: TestServer, name: string, count: number): Promise<void> {
  await eventually(async () => {
    const there = await arrived(host, name);
    return there === count || `${there} of ${count} arrived`;
  }, 60_000);
}

/** What is of the host, and not of the process that answers or of the moment. */
function ofTheHost({ state, process: _process, atMs: _atMs, peers, ...status }: MonitorStatus): object {
  const { active: _active, elsewhere: _elsewhere, ...shown } = state;
  return {
    ...status,
    state: shown,
    peers: peers.map(({ lastHeardMs: _heard, lastContactMs: _contact, ...peer }) => peer),
  };
}

/** Waits until all workers tell the same, in a state that is over. */
async function agree(host: TestServer, isOver: (status: MonitorStatus) => boolean): Promise<MonitorStatus> {
  return eventually(async () => {
    const all = await statuses(host);
    const different = new Set(all.map((status) => JSON.stringify(ofTheHost(status))));
    const [first] = all;
    if (first === undefined || !isOver(first))
      return `not over: ${JSON.stringify(first?.received)} ${first?.state.word}`;
    return different.size === 1 ? first : `they differ:\n${[...different].join('\n')}`;
  }, 60_000);
}

test(
  'every worker tells the same of peers, deliveries and receipts, and so do the metrics',
  limit,
  async (t) => {
    const [alpha, bravo] = await startHosts(t);
    await write(alpha, 60, 'many');
    await haveArrived(bravo, 'many', 60);
    const sent = await agree(alpha, ({ state }) => state.word === 'in-step');
    assert.equal(sent.peers[0]?.state, 'up');
    assert.equal(sent.operations.upload.ok, 60);
    const took = await agree(bravo, ({ received, state }) => received.ok === 60 && state.word === 'in-step');
    assert.ok(took.bytes.received > 0);
    const short = await askEach(bravo, { path: '/status' });
    const told = short.map(({ body }) => {
      const {
        sending: _sending,
        elsewhere: _elsewhere,
        peers: _peers,
        ...rest
      } = JSON.parse(body) as Record<string, unknown>;
      return JSON.stringify(rest);
    });
    assert.equal(new Set(told).size, 1, told.join('\n'));
    const metrics = await askEach(bravo, { path: '/sync-monitor/metrics' });
    const counted = metrics.map(
      ({ body }) => /^lockstep_received_total\{outcome="ok"\} (\d+)/mu.exec(body)?.[1],
    );
    assert.deepEqual(counted, ['60', '60', '60']);
  },
);

test('the buttons work at every worker', limit, async (t) => {
  const [alpha, bravo] = await startHosts(t);
  const { sending, others } = await roles(alpha);
  for (const worker of [sending, ...others]) {
    for (const action of ['retry', 'rescan', 'pause', 'resume']) {
      const { status, body } = await pressAt(alpha, `actions/${action}`, worker);
      assert.ok(
        status === 200,
        `${action} at ${worker === sending ? 'the sender' : 'another'}: ${status} ${body}`,
      );
    }
  }
  await pressAt(alpha, 'actions/pause', others[0]);
  for (const { state } of await statuses(alpha)) assert.equal(state.paused, true);
  await write(alpha, 5, 'paused');
  await eventually(async () => (await statuses(alpha)).every(({ queue }) => queue.changes === 5));
  assert.equal(await arrived(bravo, 'paused'), 0);
  await pressAt(alpha, 'actions/resume', others[1]);
  await haveArrived(bravo, 'paused', 5);
});

test('a flush and a file of a peer can be asked of a worker that does not send', limit, async (t) => {
  const [alpha, bravo] = await startHosts(t);
  const { others } = await roles(alpha);
  await write(alpha, 30, 'flushed');
  const flushed = await askWorker(alpha, others[0] ?? 0, { ...flushing, path: '/flush/30000' });
  assert.equal(flushed.status, 200, flushed.body);
  assert.deepEqual((JSON.parse(flushed.body) as { peers: string[] }).peers, ['bravo']);
  assert.equal(await arrived(bravo, 'flushed'), 30);
  const read = { path: `/fetch/${encodeURIComponent('flushed/7.css')}` };
  const answers = await askEach(alpha, read);
  assert.deepEqual(
    answers.map(({ body }) => body),
    new Array(workers).fill('flushed 7'),
  );
});

test(
  'the worker that sends is killed: a flush asked elsewhere goes on, and a pause is kept',
  limit,
  async (t) => {
    const [alpha, bravo] = await startHosts(t);
    const { sending, others } = await roles(alpha);
    await pressAt(alpha, 'actions/pause', sending);
    await write(alpha, 600, 'batch');
    const flush = askWorker(alpha, others[0] ?? 0, { ...flushing, path: '/flush/60000' });
    await eventually(async () => (await reportsOf(alpha)).some(({ heard }) => heard['flush'] === 1));
    await pressAt(alpha, 'actions/resume', sending);
    await eventually(async () => (await arrived(bravo, 'batch')) > 0);
    process.kill(sending, 'SIGKILL');
    assert.equal((await flush).status, 200, (await flush).body);
    assert.equal(await arrived(bravo, 'batch'), 600);

    const next = await eventually(async () => {
      const senders = (await reportsOf(alpha, 2)).filter(({ sends }) => sends);
      return senders[0]?.pid ?? 'nobody sends';
    });
    const last = others.find((worker) => worker !== next) ?? 0;
    await askWorker(alpha, last, { method: 'POST', path: '/pause' });
    process.kill(next, 'SIGKILL');
    await eventually(async () => (await reportsOf(alpha, 1)).every(({ sends }) => sends));
    await write(alpha, 3, 'after');
    await eventually(async () => {
      const status = JSON.parse(
        (await ask(alpha, { path: '/sync-monitor/api/status' })).body,
      ) as MonitorStatus;
      return (status.state.paused && status.queue.changes >= 3) || JSON.stringify(status.state);
    });
    assert.equal(await arrived(bravo, 'after'), 0);
    await pressAt(alpha, 'actions/resume');
    await haveArrived(bravo, 'after', 3);
  },
);

test('a request that one worker took is refused by every worker', limit, async (t) => {
  const [, bravo] = await startHosts(t);
  await reportsOf(bravo);
  const recorded = signedBy(bravo, 'GET', '/hello');
  assert.equal((await ask(bravo, recorded)).status, 200);
  for (const answer of await askEach(bravo, recorded)) {
    assert.deepEqual([answer.status, codeOf(answer.body)], [401, 'NONCE_REUSED']);
  }
});

function codeOf(body: string): string {
  return (JSON.parse(body) as { code: string }).code;
}

test(
  'deletions of a peer are counted over all workers, and once released let in by each',
  limit,
  async (t) => {
    const [alpha, bravo] = await startHosts(t);
    await write(alpha, 60, 'site');
    await haveArrived(bravo, 'site', 60);
    await agree(bravo, ({ folders }) => folders.some(({ files }) => files === 60));
    const deletions = (await entriesOf(bravo)).map(deletionOf);
    assert.equal(deletions.length, 60);

    const pids = (await reportsOf(bravo)).map(({ pid }) => pid);
    const pieces = pids.map((pid, at) => ({ pid, entries: deletions.slice(at * 12, at * 12 + 12) }));
    const outcomes: string[] = [];
    for (const { pid, entries } of pieces) {
      outcomes.push(...outcomesOf(await askWorker(bravo, pid, deleting(bravo, entries))));
    }
    assert.equal(outcomes[0], 'settled');
    assert.ok(outcomes.includes('held'), 'three workers together let a mass deletion in');

    const whole = deletions.slice(36);
    assert.ok(outcomesOf(await ask(bravo, deleting(bravo, whole))).every((outcome) => outcome === 'held'));
    const holds = (await statuses(bravo)).map(({ holds: open }) => open.map(({ id, count }) => [id, count]));
    const [{ id } = { id: 0 }] = (await agree(bravo, ({ state }) => state.word === 'held')).holds;
    assert.ok(id > 0, JSON.stringify(holds));
    const [releasing = 0, ...receiving] = pids;
    assert.equal((await pressAt(bravo, `holds/${id}/release`, releasing)).status, 200);
    for (const [at, pid] of receiving.entries()) {
      const piece = whole.slice(at * 12, at * 12 + 12);
      const answer = await askWorker(bravo, pid, deleting(bravo, piece));
      assert.ok(
        outcomesOf(answer).every((outcome) => outcome === 'settled'),
        answer.body,
      );
    }
  },
);

test(
  'plain uploads spread over the workers all arrive, and every worker hears of the deliveries',
  limit,
  async (t) => {
    const [alpha, bravo] = await startHosts(t);
    await reportsOf(alpha);
    const count = 30;
    const took = new Set<number>();
    for (let nth = 0; nth < count; nth += 1) took.add(await upload(alpha, nth));
    assert.equal(took.size, workers, 'the uploads did not reach all workers');
    await haveArrived(bravo, 'plain', count);
    await agree(alpha, ({ received, state }) => received.ok === count && state.word === 'in-step');
    await eventually(async () => {
      const reports = await reportsOf(alpha);
      const all = reports.map(({ heard }) => heard);
      return (
        all.every(({ delivered = 0, observed = 0 }) => delivered > 0 && observed > 0) || JSON.stringify(all)
      );
    });
  },
);

async function upload(host: TestServer, nth: number): Promise<number> {
  const form = new FormData();
  form.set('base_folder', 'static');
  form.set('path', `plain/${nth}.css`);
  form.set('file', new Blob([`plain ${nth}`]), 'file');
  const encoded = new Response(form);
  const headers = {
    authorization: `Bearer ${uploadToken}`,
    'content-type': encoded.headers.get('content-type') ?? '',
  };
  const body = new Uint8Array(await encoded.arrayBuffer());
  const answer = await ask(host, { method: 'POST', path: '/sync/upload', headers, body });
  assert.ok(answer.status < 300, answer.body);
  return answer.worker;
}
