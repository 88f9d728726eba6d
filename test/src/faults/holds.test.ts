import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parsePath } from '@lockstep/core';
import { openReplica } from '@lockstep/core/node';
import { createSender } from '@lockstep/sender';
import { eventually, fleetTest, press, type Fleet, type TestServer } from '../harness/index.js';

const files = 80;

async function withSite(fleet: Fleet): Promise<void> {
  const alpha = fleet.at(0);
  for (let i = 0; i < files; i++) await alpha.files.write(`static/site/${i}.css`, `rule ${i}`);
  await alpha.files.write('instance/one.txt', 'one');
  await fleet.settled();
}

async function holdAt(server: TestServer) {
  return eventually(async () => (await server.status()).holds[0] ?? 'nothing is held');
}

async function heldIsOver(server: TestServer): Promise<void> {
  await eventually(async () => (await server.status()).holds.length === 0 || 'it is held still');
}

/** What must be true while deletions are held at alpha: bravo keeps all, and work goes on both ways. */
async function othersGoOn(fleet: Fleet, name: string): Promise<void> {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  assert.equal((await alpha.status()).state.word, 'held');
  await alpha.files.write(`instance/${name}.txt`, 'an addition');
  await bravo.files.write(`instance/${name}-back.txt`, 'an addition');
  await eventually(() => bravo.files.exists(`instance/${name}.txt`));
  await eventually(() => alpha.files.exists(`instance/${name}-back.txt`));
  assert.ok((await bravo.files.tree()).size >= files, 'bravo lost files');
}

fleetTest(
  'a mass deletion is held; it is released for that batch alone, and the next one is held again',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await withSite(fleet);
    for (let i = 0; i < 40; i++) await alpha.files.remove(`static/site/${i}.css`);
    const hold = await holdAt(alpha);
    assert.deepEqual([hold.reason, hold.folder, hold.peer], ['mass-deletion', 'static', null]);
    await othersGoOn(fleet, 'during');
    await press(alpha, `holds/${hold.id}/release`);
    await eventually(async () => !(await bravo.files.exists('static/site/0.css')));
    await fleet.settled();
    const left = (await bravo.files.tree()).size;
    for (let i = 40; i < 75; i++) await alpha.files.remove(`static/site/${i}.css`);
    await holdAt(alpha);
    assert.equal((await bravo.files.tree()).size, left);
  },
);

fleetTest(
  'files that come back end their hold; "restore from peers" brings back those that do not',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await withSite(fleet);
    await rename(alpha.files.at('static/site'), `${alpha.root}/site-away`);
    const first = await holdAt(alpha);
    assert.equal(first.reason, 'mass-deletion');
    await othersGoOn(fleet, 'away');
    await rename(`${alpha.root}/site-away`, alpha.files.at('static/site'));
    await heldIsOver(alpha);
    await fleet.settled();
    await alpha.files.remove('static/site');
    const second = await holdAt(alpha);
    await bravo.files.write('static/site/0.css', 'edited elsewhere during the hold');
    await eventually(
      async () => (await alpha.files.find('static/site/0.css')) === 'edited elsewhere during the hold',
    );
    assert.match(await press(alpha, `holds/${second.id}/restore`), /Restored/);
    await heldIsOver(alpha);
    await fleet.settled();
    assert.equal((await alpha.files.tree()).size, files + 3);
  },
);

fleetTest(
  'a root that is swapped for another folder, or comes back empty, deletes nothing elsewhere',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await withSite(fleet);
    const away = `${alpha.root}/static-away`;
    await rename(alpha.files.at('static'), away);
    await mkdir(alpha.files.at('static')); // as a disk that failed to mount leaves its mount point
    const empty = await holdAt(alpha);
    assert.ok(['root-swapped', 'folder-emptied', 'mass-deletion'].includes(empty.reason), empty.reason);
    await othersGoOn(fleet, 'empty');
    await rm(alpha.files.at('static'), { recursive: true });
    await rename(away, alpha.files.at('static'));
    await heldIsOver(alpha);
    await fleet.settled();
    const other = `${alpha.root}/another`;
    await cp(alpha.files.at('static'), other, { recursive: true, preserveTimestamps: true });
    for (const i of [1, 2, 3]) await rm(`${other}/site/${i}.css`);
    await rename(alpha.files.at('static'), away);
    await rename(other, alpha.files.at('static'));
    const swapped = await holdAt(alpha);
    assert.deepEqual([swapped.reason, swapped.count], ['root-swapped', 3]);
    assert.equal(await bravo.files.exists('static/site/1.css'), true);
    await press(alpha, `holds/${swapped.id}/restore`);
    await fleet.settled();
    assert.equal(await alpha.files.exists('static/site/1.css'), true);
  },
);

fleetTest(
  'a mount that goes away and comes back, empty and full, deletes nothing elsewhere',
  { servers: 2, asleep: true },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const disk = `${alpha.root}/disk`;
    await mkdir(disk, { recursive: true });
    await mkdir(alpha.files.at('static'), { recursive: true });
    const bind = (): boolean => spawnSync('mount', ['--bind', disk, alpha.files.at('static')]).status === 0;
    const unbind = (): void => void spawnSync('umount', ['-l', alpha.files.at('static')]);
    const isMounted = bind();
    try {
      await Promise.all(fleet.servers.map((server) => server.start()));
      await withSite(fleet);
      if (isMounted) unbind();
      else {
        await rename(alpha.files.at('static'), `${alpha.root}/unmounted`);
        await mkdir(alpha.files.at('static'));
      }
      await holdAt(alpha);
      await othersGoOn(fleet, 'unmounted');
      if (isMounted) bind();
      else {
        await rm(alpha.files.at('static'), { recursive: true });
        await rename(`${alpha.root}/unmounted`, alpha.files.at('static'));
      }
      await heldIsOver(alpha);
      await fleet.settled();
      assert.equal((await bravo.files.tree()).size, files + 3);
    } finally {
      await Promise.all(fleet.servers.map((server) => server.stop()));
      if (isMounted) unbind();
    }
  },
);

fleetTest(
  'a released deletion is not held a second time by the peers, and the archive has every file of it',
  { servers: 3 },
  async (fleet) => {
    const [alpha, bravo, charlie] = [fleet.at(0), fleet.at(1), fleet.at(2)];
    await withSite(fleet);
    await charlie.kill(); // hears of it later, from whoever has it
    await alpha.files.remove('static/site');
    const hold = await holdAt(alpha);
    await press(alpha, `holds/${hold.id}/release`);
    await eventually(async () => (await bravo.files.tree()).size === 1);
    await charlie.start();
    await eventually(async () => (await charlie.files.tree()).size === 1, 30_000);
    await fleet.settled();
    for (const server of fleet.servers) assert.deepEqual((await server.status()).holds, []);
    assert.ok((await bravo.status()).archive.rows >= files);
  },
);

/** A server of this test itself, which deletes without holding anything. */
async function startCareless(fleet: Fleet) {
  const root = `${fleet.directory}/careless`;
  await mkdir(root);
  const replica = await openReplica({ root, name: 'careless' });
  const { name, url } = fleet.at(0);
  const sender = createSender({ replica, secret: fleet.secret, peers: [{ name, url: `${url}/sync` }] });
  const close = async (): Promise<void> => {
    await sender.close();
    await replica.close();
  };
  await sender.start();
  return { root, replica, sender, close };
}

fleetTest(
  'a mass deletion of a peer that holds nothing is refused by the receiver, shown there, and taken when it is released',
  { servers: 1 },
  async (fleet) => {
    const alpha = fleet.at(0);
    const careless = await startCareless(fleet);
    try {
      for (let i = 0; i < files; i++) await writeFile(`${careless.root}/static/${i}.css`, `rule ${i}`);
      await eventually(async () => (await alpha.files.tree()).size === files);
      careless.sender.pause();
      for (let i = 0; i < files; i++) {
        await careless.replica.remove({ folder: 'static', path: parsePath(`${i}.css`) });
      }
      careless.sender.resume();
      const hold = await holdAt(alpha);
      assert.deepEqual([hold.reason, hold.peer], ['mass-deletion', 'careless']);
      await alpha.logs(/Deletions of careless held/);
      await writeFile(`${careless.root}/instance/addition.txt`, 'additions go on');
      await eventually(() => alpha.files.exists('instance/addition.txt'));
      assert.ok((await alpha.files.tree()).size > files - 20, 'more than the harmless 20 are gone');
      await press(alpha, `holds/${hold.id}/release`);
      careless.sender.retryNow();
      await eventually(async () => (await alpha.files.tree()).size === 1, 30_000);
    } finally {
      await careless.close();
    }
  },
);

/** Works on a folder whose repository lies elsewhere, so that trees can be compared. */
const git = async (site: string, ...args: string[]): Promise<void> => {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'gc.auto=0'];
  const places = [`--git-dir=${site}.git`, `--work-tree=${site}`];
  await promisify(execFile)('git', [...identity, ...places, ...args], { cwd: site });
};

fleetTest(
  'git checkout of a branch with 2,000 changes, back again, and a pull raise no false alarm and delete nothing that stays',
  { servers: 2, timeoutMs: 240_000 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const site = alpha.files.at('static');
    await git(site, 'init', '-q', '-b', 'main');
    for (let i = 0; i < 2_200; i++) await alpha.files.write(`static/d${i % 50}/${i}.txt`, `main ${i}`);
    await git(site, 'add', '-A');
    await git(site, 'commit', '-q', '-m', 'main');
    await fleet.settled(60_000);
    await git(site, 'checkout', '-q', '-b', 'feature');
    for (let i = 0; i < 1_900; i++) await alpha.files.write(`static/d${i % 50}/${i}.txt`, `feature ${i}`);
    for (let i = 2_190; i < 2_200; i++) await alpha.files.remove(`static/d${i % 50}/${i}.txt`);
    for (let i = 0; i < 90; i++) await alpha.files.write(`static/new/${i}.txt`, `feature only ${i}`);
    await git(site, 'add', '-A');
    await git(site, 'commit', '-q', '-m', 'feature');
    await git(site, 'checkout', '-q', 'main');
    await git(site, 'checkout', '-q', 'feature');
    await git(site, 'checkout', '-q', 'main');
    await fleet.settled(60_000);
    assert.equal(await bravo.files.read('static/d1/1.txt'), 'main 1');
    // The pull comes in the middle of a scan.
    await Promise.all([press(alpha, 'actions/rescan'), git(site, 'merge', '-q', '--ff-only', 'feature')]);
    await fleet.settled(60_000);
    assert.equal(await bravo.files.read('static/d1/1.txt'), 'feature 1');
    assert.equal((await bravo.files.tree()).size, 2_200 - 10 + 90);
    for (const server of fleet.servers) assert.deepEqual((await server.status()).holds, []);
  },
);
