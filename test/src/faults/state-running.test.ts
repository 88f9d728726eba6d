import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm, stat, truncate, writeFile } from 'node:fs/promises';
import { acquireProcessLock } from '@lockstep/core/node';
import { eventually, fleetTest, type Fleet, type TestServer } from '../harness/index.js';
import { createHistory } from './history.js';

const indexOf = (server: TestServer): string => server.files.at('.lockstep/index.db');

const damages: Readonly<Record<string, (server: TestServer) => Promise<void>>> = {
  truncated: async (server) => truncate(indexOf(server), (await stat(indexOf(server))).size >> 1),
  zeroed: async (server) => overwrite(server, (size) => Buffer.alloc(size)),
  'overwritten with noise': async (server) => overwrite(server, (size) => randomBytes(size)),
  deleted: async (server) => rm(indexOf(server)),
  'removed with its whole state directory': async (server) => server.files.remove('.lockstep'),
};

async function overwrite(server: TestServer, content: (size: number) => Buffer): Promise<void> {
  for (const part of ['', '-wal']) {
    const file = `${indexOf(server)}${part}`;
    await writeFile(file, content((await stat(file)).size));
  }
}

/** 60 pages, one changed and one deleted since. */
async function withHistory(fleet: Fleet): Promise<void> {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  for (let i = 0; i < 60; i++) await alpha.files.write(`static/page/${i}.html`, `page ${i}`);
  await fleet.settled();
  await alpha.files.write('static/page/1.html', 'page 1, second version');
  await bravo.files.remove('static/page/2.html');
  await fleet.settled();
}

/** Changes at a server, one after the other, until it is ended. */
function traffic(server: TestServer): () => Promise<number> {
  let going = true;
  let written = 0;
  const run = (async () => {
    while (going) {
      await server.files.write(`instance/traffic/${written}.txt`, `line ${written}`);
      written += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return async () => {
    going = false;
    await run;
    return written;
  };
}

for (const [what, damage] of Object.entries(damages)) {
  fleetTest(
    `an index that is ${what} under a running server is rebuilt without a restart, said so, and brings nothing back`,
    { servers: 3 },
    async (fleet) => {
      const [alpha, bravo, charlie] = [fleet.at(0), fleet.at(1), fleet.at(2)];
      const history = createHistory(fleet);
      await withHistory(fleet);
      const { pid } = bravo;
      const end = traffic(charlie);
      await damage(bravo);
      await alpha.files.remove('static/page/3.html');
      await alpha.files.write('static/page/4.html', 'page 4, written meanwhile');
      await history.write(1, 'static/page/5.html', 'page 5, written on the damaged server');
      await bravo.logs(/index is damaged under the running server/);
      await bravo.logs(/The index was (damaged|gone) and is rebuilt/);
      await history.write(1, 'static/page/new.html', 'new, on the damaged server');
      const written = await end();
      await fleet.settled(60_000);
      assert.equal(bravo.pid, pid);
      const { files } = bravo;
      assert.equal(await files.read('static/page/1.html'), 'page 1, second version');
      assert.equal(await files.exists('static/page/2.html'), false, 'what was deleted long ago is back');
      assert.equal(await files.exists('static/page/3.html'), false, 'what was deleted meanwhile is back');
      assert.equal(await files.read('static/page/4.html'), 'page 4, written meanwhile');
      assert.equal((await files.tree()).size, 59 + written);
      assert.deepEqual(await history.lost(), []);
      const { activity, state } = await bravo.status();
      const note = activity.find(({ code }) => code === 'INDEX_DAMAGED');
      assert.match(note?.message ?? 'nothing', /index was damaged and is rebuilt/);
      assert.equal(state.word, 'in-step');
      await worksOn(fleet);
    },
  );
}

fleetTest(
  'the page says that the index is damaged as long as it is, and what is made meanwhile arrives after that',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await withHistory(fleet);
    // As another process does that opens the index just now: nobody begins a new one meanwhile.
    const lock = acquireProcessLock(`${indexOf(bravo)}.opening`);
    await rm(indexOf(bravo));
    await alpha.files.write('static/page/4.html', 'page 4, written meanwhile');
    const { state } = await eventually(async () => {
      const status = await bravo.status();
      return status.state.word === 'damaged' ? status : `the headline is ${status.state.text}`;
    });
    assert.match(state.detail, /INDEX_DAMAGED/);
    lock?.release();
    await fleet.settled(60_000);
    assert.equal(await bravo.files.read('static/page/4.html'), 'page 4, written meanwhile');
    await eventually(async () => (await bravo.status()).state.word === 'in-step');
  },
);

/** Every server still hears of a change at any other, and of a deletion. */
async function worksOn(fleet: Fleet): Promise<void> {
  for (const { name, files } of fleet.servers) await files.write(`templates/after-${name}.html`, name);
  await fleet.settled();
  await fleet.at(1).files.remove('static/page/10.html');
  await fleet.settled();
  await eventually(async () => !(await fleet.at(2).files.exists('static/page/10.html')));
}
