import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { differences, eventually, freePorts, readTree, TestServer } from '../harness/index.js';
import type { WorkerReport } from './cluster-app.js';

const script = fileURLToPath(new URL('cluster-app.js', import.meta.url));
const secret = randomBytes(32).toString('hex');
const count = 2000;

/** Two hosts of three workers each, stopped at the end of the test. */
async function startHosts(t: TestContext): Promise<[TestServer, TestServer]> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-processes-'));
  const [portA = 0, portB = 0] = await freePorts(2);
  const start = async (name: string, port: number, peer: string): Promise<TestServer> => {
    const env = { LOCKSTEP_SECRET: secret, LOCKSTEP_PEERS: peer };
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

/** One worker's report; a new connection may reach another worker. */
async function ask(host: TestServer): Promise<WorkerReport> {
  const body = await new Promise<string>((resolve, reject) => {
    get(`${host.url}/worker`, { agent: false }, (response) => void text(response).then(resolve, reject)).on(
      'error',
      reject,
    );
  });
  return JSON.parse(body) as WorkerReport;
}

/** Renames each file into its place, so that nobody meets one that is half written and rightly records it twice. */
async function writeAll(host: TestServer): Promise<void> {
  const before = join(host.root, 'half-written');
  for (let nth = 0; nth < count; nth += 1) {
    const directory = join(host.root, 'static', `${nth % 20}`);
    await mkdir(directory, { recursive: true });
    await writeFile(before, `${nth}`);
    await rename(before, join(directory, `${nth}.txt`));
  }
}

/** The reports of all workers, asked until so many have answered. */
async function askAll(host: TestServer, workers: number): Promise<WorkerReport[]> {
  const reports = new Map<number, WorkerReport>();
  await eventually(async () => {
    const report = await ask(host);
    reports.set(report.pid, report);
    return reports.size === workers || `${reports.size} of ${workers} answered`;
  });
  return [...reports.values()];
}

test(
  'a worker that sends is killed in the middle of 2,000 files: another goes on, and every worker knows all of it',
  { timeout: 120_000 },
  async (t) => {
    const [alpha, bravo] = await startHosts(t);
    const sending = (await askAll(alpha, 3)).filter(({ sends }) => sends);
    assert.equal(sending.length, 1, 'exactly one worker sends');
    await askAll(bravo, 3); // a worker that starts later is told what changes from then on only
    const writing = writeAll(alpha);
    await eventually(async () => (await ask(bravo)).files > count / 10);

    process.kill(sending[0]?.pid ?? 0, 'SIGKILL');
    const atKill = (await ask(bravo)).files;
    assert.ok(atKill < count, `the kill came too late to test anything: ${atKill} files were there`);
    const next = await eventually(async () => {
      const report = await ask(alpha);
      return report.sends && report.pid !== sending[0]?.pid ? report.pid : false;
    }, 5000);

    await writing;
    await eventually(async () => (await ask(bravo)).files === count, 60_000);
    assert.deepEqual(
      differences(await readTree(alpha.root), await readTree(bravo.root), ['alpha', 'bravo']),
      [],
    );
    const reports = await eventually(async () => {
      const all = await askAll(bravo, 3);
      return all.every(({ applied }) => applied.length === count)
        ? all
        : all.map(({ applied }) => applied.length).join();
    });
    assert.equal(new Set(reports.map(({ digest }) => digest)).size, 1);
    assert.deepEqual(
      [...new Set(reports.map(({ sequence }) => sequence))],
      [count],
      'every file was recorded once',
    );
    assert.equal((await askAll(alpha, 2)).find(({ sends }) => sends)?.pid, next);
  },
);
