import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { MonitorStatus } from '@lockstep/monitor';
import { eventually, freePorts, TestServer } from '../harness/index.js';
import type { WorkerReport } from './cluster-app.js';

const script = fileURLToPath(new URL('cluster-app.js', import.meta.url));

/** The workers of one host. */
export const workers = 3;
export const secret = randomBytes(32).toString('hex');
export const uploadToken = randomBytes(16).toString('hex');

/** Two hosts of three workers each, stopped at the end of the test. */
export async function startHosts(t: TestContext): Promise<[TestServer, TestServer]> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-processes-'));
  const [portA = 0, portB = 0] = await freePorts(2);
  const start = async (name: string, port: number, peer: string): Promise<TestServer> => {
    const env = { LOCKSTEP_SECRET: secret, LOCKSTEP_PEERS: peer, LOCKSTEP_UPLOAD_TOKEN: uploadToken };
    const server = new TestServer({ name, root: join(root, name), port, env, script });
    t.after(() => server.stop());
    await server.start();
    return server;
  };
  const hosts = await Promise.all([
    start('alpha', portA, `bravo=http://127.0.0.1:${portB}/sync`),
    start('bravo', portB, `alpha=http://127.0.0.1:${portA}/sync`),
  ]);
  t.after(() => rm(root, { recursive: true, force: true }));
  return hosts;
}

/** What a worker answered, and which one did. */
export interface Answer {
  readonly worker: number;
  readonly status: number;
  readonly body: string;
}

/** What is asked of whichever worker gets the connection. */
export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly silenceMs?: number;
}

/** Asks over a connection of its own: it may reach another worker each time. */
export function ask(
  host: TestServer,
  { method = 'GET', path, headers = {}, body, silenceMs = 5_000 }: Question,
): Promise<Answer> {
  // Node gives a DELETE no length of its own.
  const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
  return new Promise((resolve, reject) => {
    const asking = request(
      `${host.url}${path}`,
      { method, headers: { ...headers, ...length }, agent: false },
      (response) => {
        const { statusCode = 0, headers: given } = response;
        const answerOf = (read: string): Answer => ({
          worker: Number(given['x-worker']),
          status: statusCode,
          body: read,
        });
        text(response).then((read) => resolve(answerOf(read)), reject);
      },
    );
    // The cluster may have handed the connection to a worker that was killed right then: nobody would answer it.
    asking.setTimeout(silenceMs, () => asking.destroy(new Error(`no answer within ${silenceMs} ms`)));
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Asks until every worker has answered, and gives the first answer of each. */
export async function askEach(
  host: TestServer,
  question: Question | (() => Question),
  count = workers,
): Promise<Answer[]> {
  const answers = new Map<number, Answer>();
  await eventually(async () => {
    const answer = await ask(host, typeof question === 'function' ? question() : question);
    if (!answers.has(answer.worker)) answers.set(answer.worker, answer);
    return answers.size === count || `${answers.size} of ${count} answered`;
  });
  return [...answers.values()];
}

/** Asks this worker and no other: the others refuse what is not for them. */
export async function askWorker(host: TestServer, worker: number, question: Question): Promise<Answer> {
  const headers = { ...question.headers, 'x-only-worker': `${worker}` };
  return eventually(async () => {
    const answer = await ask(host, { ...question, headers });
    return answer.status === 421 ? `${answer.worker} answered` : answer;
  }, 30_000);
}

/** One worker’s report. */
export async function reportOf(host: TestServer, silenceMs?: number): Promise<WorkerReport> {
  const question = { path: '/worker', ...(silenceMs !== undefined && { silenceMs }) };
  return JSON.parse((await ask(host, question)).body) as WorkerReport;
}

/** The reports of all workers. */
export async function reportsOf(host: TestServer, count = workers): Promise<WorkerReport[]> {
  return (await askEach(host, { path: '/worker' }, count)).map(
    ({ body }) => JSON.parse(body) as WorkerReport,
  );
}

/** The worker that sends, and those that do not. */
export async function roles(host: TestServer): Promise<{ sending: number; others: number[] }> {
  const reports = await eventually(async () => {
    const all = await reportsOf(host);
    return all.filter(({ sends }) => sends).length === 1 ? all : 'not exactly one worker sends';
  });
  const sending = reports.find(({ sends }) => sends)?.pid;
  assert.ok(sending !== undefined);
  return { sending, others: reports.map(({ pid }) => pid).filter((pid) => pid !== sending) };
}

/** What the page of each worker shows. */
export async function statuses(host: TestServer): Promise<MonitorStatus[]> {
  const answers = await askEach(host, { path: '/sync-monitor/api/status' });
  return answers.map(({ body }) => JSON.parse(body) as MonitorStatus);
}

/** A button of the page, pressed at whichever worker answers, or at this one. */
export async function pressAt(host: TestServer, route: string, worker?: number): Promise<Answer> {
  const { body: page } = await ask(host, { path: '/sync-monitor' });
  const [, token = ''] = /name="[^"]*token[^"]*"\s+content="([^"]+)"/u.exec(page) ?? [];
  const question = {
    method: 'POST',
    path: `/sync-monitor/api/${route}`,
    headers: { 'x-lockstep-token': token, origin: host.url },
  };
  return worker === undefined ? ask(host, question) : askWorker(host, worker, question);
}
