import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { eventually, fleetTest, freePorts, press, TestServer, type Fleet } from '../harness/index.js';

const indexOf = (server: TestServer): string => server.files.at('.lockstep/index.db');

/** 60 pages on both servers, one of them deleted and one changed since. */
async function withHistory(fleet: Fleet): Promise<void> {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  for (let i = 0; i < 60; i++) await alpha.files.write(`static/page/${i}.html`, `page ${i}`);
  await fleet.settled();
  await alpha.files.write('static/page/1.html', 'page 1, second version');
  await bravo.files.remove('static/page/2.html');
  await fleet.settled();
}

/** What happens elsewhere while a server is down, so that a wrong recovery would be seen. */
async function changeMeanwhile(server: TestServer): Promise<void> {
  await server.files.remove('static/page/3.html');
  await server.files.write('static/page/4.html', 'page 4, written meanwhile');
  await server.files.write('static/page/new.html', 'new');
}

async function assertRight(fleet: Fleet): Promise<void> {
  await fleet.settled(60_000);
  const { files } = fleet.at(0);
  assert.equal(await files.read('static/page/1.html'), 'page 1, second version');
  assert.equal(await files.exists('static/page/2.html'), false, 'what was deleted long ago is back');
  assert.equal(await files.exists('static/page/3.html'), false, 'what was deleted meanwhile is back');
  assert.equal(await files.read('static/page/4.html'), 'page 4, written meanwhile');
  assert.equal((await files.tree()).size, 59);
}

/** What its page tells of the index. */
async function tellsOfDamage(server: TestServer): Promise<void> {
  const { activity } = await server.status();
  const note = activity.find(({ code }) => code === 'INDEX_DAMAGED');
  assert.match(note?.message ?? 'nothing', /index was damaged and is rebuilt/);
}

const damages: Readonly<Record<string, (file: string) => Promise<void>>> = {
  truncated: async (file) => truncate(file, Math.floor((await readFile(file)).length / 2)),
  zeroed: async (file) => writeFile(file, Buffer.alloc((await readFile(file)).length)),
  'overwritten with noise': async (file) => writeFile(file, randomBytes((await readFile(file)).length)),
};

for (const [what, damage] of Object.entries(damages)) {
  fleetTest(
    `an index that was ${what} while the server was down is rebuilt, said so, and brings nothing back`,
    { servers: 2 },
    async (fleet) => {
      const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
      await withHistory(fleet);
      await bravo.stop();
      await damage(indexOf(bravo));
      await changeMeanwhile(alpha);
      await bravo.start();
      await bravo.logs(/The index was damaged and is rebuilt/);
      await tellsOfDamage(bravo);
      await assertRight(fleet);
    },
  );
}

fleetTest(
  'a second server with another name on the state directory of a running one is refused',
  { servers: 1 },
  async (fleet) => {
    const alpha = fleet.at(0);
    await alpha.files.write('static/a.html', 'a');
    const env = { LOCKSTEP_SECRET: fleet.secret, LOCKSTEP_STATE_DIR: alpha.files.at('.lockstep') };
    const [port = 0] = await freePorts(1);
    const intruder = new TestServer({ name: 'intruder', root: `${alpha.root}-2`, port, env });
    await intruder.launch();
    assert.equal(await intruder.ended(), 1);
    await intruder.logs(/STATE_IN_USE.*"alpha" runs with the same state directory/);
    assert.equal((await alpha.status()).node, 'alpha');
  },
);

fleetTest(
  'a state directory restored from an old copy neither undoes deletions nor brings old versions back',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 60; i++) await alpha.files.write(`static/page/${i}.html`, `page ${i}`);
    await fleet.settled();
    await bravo.stop();
    const copy = `${bravo.root}-copy`;
    await cp(bravo.files.at('.lockstep'), copy, { recursive: true });
    await bravo.start();
    await alpha.files.write('static/page/1.html', 'page 1, second version');
    await bravo.files.remove('static/page/2.html');
    await fleet.settled();
    await bravo.stop();
    await bravo.files.remove('.lockstep');
    await cp(copy, bravo.files.at('.lockstep'), { recursive: true });
    await changeMeanwhile(alpha);
    await bravo.start();
    await assertRight(fleet);
  },
);

fleetTest(
  'a whole server restored from an old backup takes what happened since and undoes none of it',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 60; i++) await alpha.files.write(`static/page/${i}.html`, `page ${i}`);
    await fleet.settled();
    await bravo.stop();
    const backup = `${bravo.root}-backup`;
    await cp(bravo.root, backup, { recursive: true, preserveTimestamps: true });
    await bravo.start();
    await alpha.files.write('static/page/1.html', 'page 1, second version');
    await bravo.files.remove('static/page/2.html');
    await bravo.files.write('static/page/5.html', 'page 5, written on bravo after its backup');
    await fleet.settled();
    await bravo.stop();
    await rm(bravo.root, { recursive: true });
    await cp(backup, bravo.root, { recursive: true, preserveTimestamps: true });
    await changeMeanwhile(alpha);
    await bravo.start();
    await assertRight(fleet);
    assert.equal(await alpha.files.read('static/page/5.html'), 'page 5, written on bravo after its backup');
  },
);

fleetTest(
  'a server whose state was wiped, with its tree still full, brings back nothing that was deleted',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await withHistory(fleet);
    await bravo.stop();
    await bravo.files.remove('.lockstep');
    await changeMeanwhile(alpha);
    await bravo.start();
    await assertRight(fleet);
  },
);

fleetTest(
  'a tree that was emptied while its server was down deletes nothing elsewhere and can be had back by a button',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await withHistory(fleet);
    await bravo.stop();
    for (const name of ['static', 'instance', 'templates']) await bravo.files.remove(name);
    await changeMeanwhile(alpha);
    await bravo.start();
    const hold = await eventually(async () => (await bravo.status()).holds[0] ?? 'nothing is held');
    assert.equal((await bravo.status()).state.word, 'held');
    await bravo.logs(/Deletions held/);
    await eventually(() => bravo.files.exists('static/page/new.html')); // additions go on
    assert.equal((await alpha.files.tree()).size, 59);
    await press(bravo, `holds/${hold.id}/restore`);
    await assertRight(fleet);
    assert.deepEqual((await bravo.status()).holds, []);
  },
);
