import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import type { MonitorStatus } from '@lockstep/monitor';
import { eventually, fleetTest, type Fleet, type TestServer } from '../harness/index.js';

const count = 500;
const deployed = new Date('2024-01-01T00:00:00Z');
/** Less than the entries of ten files take in an offer. */
const fewBytes = 4_000;

async function place(server: TestServer, path: string, content: string, at = deployed): Promise<void> {
  await server.files.write(path, content);
  await utimes(server.files.at(path), at, at);
}

/** The same app on this server as on the others. */
async function deploy(server: TestServer): Promise<void> {
  for (let i = 0; i < count; i++) await place(server, `static/app/${i % 20}/${i}.js`, `content ${i}`);
  await place(server, 'templates/index.ejs', 'the page');
}

function bytesSent(status: MonitorStatus): number {
  return status.peers.reduce((sum, { link }) => sum + (link?.bytesOnWire ?? 0), 0);
}

function archived({ archive }: MonitorStatus): string[] {
  return archive.recent.map(({ path }) => path).sort();
}

async function eachIsQuiet(fleet: Fleet, rows: number): Promise<void> {
  for (const server of fleet.servers) {
    const status = await server.status();
    const { conflicts, archive, avoided, index } = status;
    assert.ok(bytesSent(status) < fewBytes, `${server.name} sent ${bytesSent(status)} bytes`);
    assert.ok(avoided.known < 10, `${avoided.known} files were offered to ${server.name} for nothing`);
    assert.ok(index.sequence < rows + 10, `${server.name} recorded ${index.sequence} times`);
    assert.deepEqual([conflicts.count, archive.rows], [0, 0], server.name);
  }
}

fleetTest(
  'servers that were set up with the same files are in step without an offer, and what changes afterwards reaches all',
  { servers: 3, asleep: true },
  async (fleet) => {
    await Promise.all(fleet.servers.map(deploy));
    await Promise.all(fleet.servers.map((server) => server.start()));
    await meetings(fleet);
    await eachIsQuiet(fleet, count + 1);

    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('static/app/0/0.js', 'changed by alpha');
    await bravo.files.write('static/app/1/1.js', 'changed by bravo');
    await alpha.files.remove('static/app/2/2.js');
    await bravo.files.remove('static/app/3/3.js');
    await eventually(async () => !(await fleet.at(2).files.exists('static/app/2/2.js')));
    await eventually(async () => !(await fleet.at(2).files.exists('static/app/3/3.js')));
    await fleet.settled();

    for (const { files } of fleet.servers) {
      assert.equal(await files.read('static/app/0/0.js'), 'changed by alpha');
      assert.equal(await files.read('static/app/1/1.js'), 'changed by bravo');
      assert.equal(await files.exists('static/app/2/2.js'), false);
      assert.equal(await files.exists('static/app/3/3.js'), false);
    }
    for (const server of fleet.servers) assert.equal((await server.status()).conflicts.count, 0);
    assert.deepEqual(archived(await alpha.status()), ['app/1/1.js', 'app/3/3.js']);
    assert.deepEqual(archived(await bravo.status()), ['app/0/0.js', 'app/2/2.js']);
    const all = ['app/0/0.js', 'app/1/1.js', 'app/2/2.js', 'app/3/3.js'];
    assert.deepEqual(archived(await fleet.at(2).status()), all);
  },
);

fleetTest(
  'a server that joins with nearly the same files is only offered those that differ',
  { servers: 2, asleep: true },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await Promise.all(fleet.servers.map(deploy));
    await place(alpha, 'static/app/0/0.js', 'older on alpha', new Date('2024-01-02T00:00:00Z'));
    await place(bravo, 'static/app/0/0.js', 'newer on bravo', new Date('2024-01-03T00:00:00Z'));
    await place(alpha, 'static/app/1/1.js', 'content 1', new Date('2024-01-03T00:00:00Z'));
    await place(alpha, 'static/only-alpha.js', 'alpha has it');
    await place(bravo, 'static/only-bravo.js', 'bravo has it');
    await alpha.start();
    await eventually(async () => (await alpha.status()).index.sequence === count + 2);
    await bravo.start();
    await eventually(() => alpha.files.exists('static/only-bravo.js'));
    await fleet.settled();
    for (const server of fleet.servers) {
      const status = await server.status();
      assert.ok(bytesSent(status) < fewBytes, `${server.name} sent ${bytesSent(status)} bytes`);
      assert.ok(status.avoided.known < 10, `${status.avoided.known} files were offered for nothing`);
      assert.equal(await server.files.read('static/app/0/0.js'), 'newer on bravo');
    }
    assert.deepEqual(archived(await alpha.status()), ['app/0/0.js']);

    await alpha.files.remove('static/app/0/0.js');
    await bravo.files.write('static/app/1/1.js', 'changed by bravo');
    await eventually(async () => !(await bravo.files.exists('static/app/0/0.js')));
    await fleet.settled();
    assert.equal(await alpha.files.read('static/app/1/1.js'), 'changed by bravo');
  },
);

/** Waits until every server has scanned its files and knows that each peer has them. */
async function meetings(fleet: Fleet): Promise<void> {
  await eventually(async () => {
    for (const server of fleet.servers) {
      const { index, peers } = await server.status();
      if (index.sequence < count || peers.some(({ state }) => state !== 'up'))
        return `${server.name} is not up`;
    }
    return true;
  }, 30_000);
  await fleet.settled();
}
