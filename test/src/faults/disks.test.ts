import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  eventually,
  fleetTest,
  mountSmallDisk,
  startFaultyFleet,
  type TestServer,
} from '../harness/index.js';

const ordinaryUser = process.getuid?.() === 0 ? 65_534 : undefined;

/** Waits until the server shows the disk of its peer as full. */
async function showsFullPeer(server: TestServer): Promise<void> {
  await eventually(async () => {
    const [peer] = (await server.status()).peers.filter(({ name }) => name === 'bravo');
    const codes = [peer?.code, ...(peer?.deferred ?? []).map(({ code }) => code)];
    return codes.includes('DISK_FULL') || `the page says ${JSON.stringify(peer)}`;
  });
}

test(
  'a full disk at the receiver is named on the page, loses nothing, and needs no restart when there is room again',
  { timeout: 120_000 },
  async () => {
    const faulty = await startFaultyFleet(2, { asleep: true });
    const { fleet, link } = faulty;
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const disk = await mountSmallDisk(bravo.root, 24);
    try {
      await Promise.all([alpha.start(), bravo.start()]);
      await alpha.files.write('static/kept.txt', 'old');
      await alpha.files.write('static/goes.txt', 'goes');
      await fleet.settled();
      // Where no small disk can be made, the link says what a full peer says.
      if (disk === null) link(1).choose = ({ method }) => (method === 'POST' ? fullDisk : null);
      await disk?.fill();
      await alpha.files.write('static/kept.txt', 'new');
      for (let i = 0; i < 30; i++) await alpha.files.write(`static/more/${i}.txt`, 'x'.repeat(100_000) + i);
      await showsFullPeer(alpha);
      await alpha.logs(/DISK_FULL/);
      assert.match(await bravo.files.read('static/kept.txt'), /^(?:old|new)$/);
      const { pid } = bravo;
      await disk?.clear();
      link(1).heal();
      await alpha.files.remove('static/goes.txt');
      await fleet.settled(60_000);
      assert.equal(bravo.pid, pid);
      assert.equal(await bravo.files.read('static/kept.txt'), 'new');
      assert.equal((await bravo.files.tree()).size, 31);
    } catch (error) {
      console.error(fleet.logs(40));
      throw error;
    } finally {
      await Promise.all(fleet.servers.map((server) => server.stop()));
      disk?.unmount();
      await faulty.close();
    }
  },
);

const fullDisk = { do: 'answer', status: 507, retryAfter: 1 } as const;

test(
  'changes made on a server whose disk is full reach the others when there is room again',
  { timeout: 120_000 },
  async () => {
    const faulty = await startFaultyFleet(2, { asleep: true });
    const { fleet } = faulty;
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const disk = await mountSmallDisk(bravo.root, 16);
    try {
      await Promise.all([alpha.start(), bravo.start()]);
      for (let i = 0; i < 30; i++) await bravo.files.write(`instance/${i}.txt`, `before ${i}`);
      await fleet.settled();
      await disk?.fill();
      // Overwriting in place and deleting work on a full disk; a file that is emptied first may
      // lose its block to the server before it is written again.
      for (let i = 0; i < 30; i++)
        await writeFile(bravo.files.at(`instance/${i}.txt`), `AFTER! ${i}`, { flag: 'r+' });
      await bravo.files.remove('instance/0.txt');
      await eventually(() => !disk || /DISK_FULL|full/i.test(bravo.output) || 'the log says nothing of it');
      await disk?.clear();
      await fleet.settled(60_000);
      assert.equal(await alpha.files.read('instance/29.txt'), 'AFTER! 29');
      assert.equal(await alpha.files.exists('instance/0.txt'), false);
    } catch (error) {
      console.error(fleet.logs(40));
      throw error;
    } finally {
      await Promise.all(fleet.servers.map((server) => server.stop()));
      disk?.unmount();
      await faulty.close();
    }
  },
);

fleetTest(
  'what lies in a folder that cannot be read is not taken for deleted, and travels when it can be read again',
  { servers: 2, user: ordinaryUser },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 30; i++) await alpha.files.write(`static/closed/${i}.css`, `rule ${i}`);
    for (let i = 0; i < 10; i++) await alpha.files.write(`static/open/${i}.css`, `rule ${i}`);
    await fleet.settled();
    const closed = alpha.files.at('static/closed');
    await chmod(closed, 0o000);
    await alpha.files.write('static/open/new.css', 'the others go on');
    await eventually(() => bravo.files.exists('static/open/new.css'));
    await bravo.files.write('static/closed/3.css', 'edited elsewhere meanwhile');
    await alpha.kill();
    await alpha.start(); // the scan of a start meets it as well
    await eventually(async () => {
      const { problems } = await alpha.status();
      return problems.some(({ path }) => path.startsWith('closed')) || JSON.stringify(problems);
    });
    assert.equal((await bravo.files.tree()).size, 41);
    assert.deepEqual((await alpha.status()).holds, []);
    await chmod(closed, 0o755);
    await fleet.settled(40_000);
    assert.equal(await alpha.files.read('static/closed/3.css'), 'edited elsewhere meanwhile');
    await eventually(async () => (await alpha.status()).problems.length === 0 || 'the problem stays');
  },
);

fleetTest(
  'a folder that was made read-only defers its own files only, and is named',
  { servers: 2, user: ordinaryUser },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('static/sealed/a.css', 'a');
    await alpha.files.write('static/free/a.css', 'a');
    await fleet.settled();
    const sealed = bravo.files.at('static/sealed');
    await chmod(sealed, 0o555);
    await alpha.files.write('static/sealed/a.css', 'a changed');
    await alpha.files.write('static/sealed/b.css', 'b');
    await alpha.files.write('static/free/a.css', 'free as ever');
    await eventually(async () => (await bravo.files.find('static/free/a.css')) === 'free as ever');
    await eventually(async () => {
      const [peer] = (await alpha.status()).peers.filter(({ name }) => name === 'bravo');
      const found = peer?.deferred.find(({ path }) => path === 'sealed/b.css');
      return found?.code === 'NOT_PERMITTED' || `the page says ${JSON.stringify(peer)}`;
    });
    await alpha.logs(/NOT_PERMITTED/);
    assert.equal(await bravo.files.read('static/sealed/a.css'), 'a');
    await chmod(sealed, 0o755);
    await fleet.settled(60_000);
    assert.equal(await bravo.files.read('static/sealed/b.css'), 'b');
  },
);
