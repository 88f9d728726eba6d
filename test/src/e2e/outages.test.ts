import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, fleetTest, type Fleet } from '../harness/index.js';

/** True when some server's archive holds this content. */
async function isArchived(fleet: Fleet, content: string): Promise<boolean> {
  const digest = createHash('sha256').update(content).digest('hex');
  for (const { root } of fleet.servers) {
    const names = await readdir(join(root, '.lockstep', 'archive'), { recursive: true });
    if (names.some((name) => name.includes(digest))) return true;
  }
  return false;
}

fleetTest(
  'a server that was killed has everything again after its restart',
  { servers: 3 },
  async (fleet) => {
    const [alpha, bravo, charlie] = [fleet.at(0), fleet.at(1), fleet.at(2)];
    await alpha.files.write('static/before.txt', 'before');
    await fleet.equal();
    for (let i = 0; i < 300; i++) await alpha.files.write(`static/during/${i}.txt`, `${i}`);
    await bravo.kill();
    await alpha.files.write('static/while-down.txt', 'while down');
    await charlie.files.write('instance/while-down.txt', 'from charlie');
    await bravo.files.write('templates/offline.html', 'written while the process was down');
    await fleet.equal(20_000, [alpha, charlie]);
    await bravo.start();
    await fleet.settled();
    assert.equal(await alpha.files.read('templates/offline.html'), 'written while the process was down');
    assert.equal(await bravo.files.read('instance/while-down.txt'), 'from charlie');
  },
);

fleetTest(
  'a peer that was away catches up without anybody else being restarted',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await bravo.stop();
    for (let i = 0; i < 50; i++) await alpha.files.write(`instance/missed/${i}.txt`, `${i}`);
    await eventually(async () => {
      const [peer] = (await alpha.status()).peers;
      return (
        (peer?.state === 'unreachable' && peer.lagChanges >= 50) || `the peer is ${JSON.stringify(peer)}`
      );
    });
    const { pid } = alpha;
    await bravo.start();
    await fleet.settled();
    assert.equal(alpha.pid, pid);
    assert.equal(await bravo.files.read('instance/missed/49.txt'), '49');
  },
);

fleetTest(
  'what was deleted while a peer was down stays deleted when it comes back',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('instance/stays.txt', 'stays');
    await alpha.files.write('instance/goes.txt', 'goes');
    await fleet.settled();
    await bravo.stop();
    await alpha.files.remove('instance/goes.txt');
    await bravo.start();
    await eventually(async () => !(await bravo.files.exists('instance/goes.txt')));
    await fleet.settled();
    assert.equal(await alpha.files.exists('instance/goes.txt'), false);
    assert.equal(await bravo.files.read('instance/stays.txt'), 'stays');
  },
);

fleetTest(
  'one file edited on two servers at once: all agree, and the other content is in the archive',
  { servers: 3 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('instance/contested.txt', 'common ancestor');
    await fleet.settled();
    bravo.signal('SIGSTOP'); // so that neither edit can have seen the other
    await alpha.files.write('instance/contested.txt', 'edit of alpha');
    await bravo.files.write('instance/contested.txt', 'edit of bravo');
    await eventually(
      async () => (await fleet.at(2).files.find('instance/contested.txt')) === 'edit of alpha',
    );
    bravo.signal('SIGCONT');
    await fleet.settled(30_000);
    const winner = await alpha.files.read('instance/contested.txt');
    assert.ok(['edit of alpha', 'edit of bravo'].includes(winner), winner);
    const loser = winner === 'edit of alpha' ? 'edit of bravo' : 'edit of alpha';
    assert.ok(await isArchived(fleet, loser), `"${loser}" is in no archive`);
    const conflicts = await Promise.all(
      fleet.servers.map(async (server) => (await server.status()).conflicts.count),
    );
    assert.ok(
      conflicts.some((count) => count > 0),
      'no monitor shows the conflict',
    );
  },
);

fleetTest('an edit wins over a deletion made at the same time', { servers: 2 }, async (fleet) => {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  await alpha.files.write('instance/valued.txt', 'old');
  await alpha.files.write('instance/other.txt', 'other');
  await fleet.settled();
  bravo.signal('SIGSTOP');
  await alpha.files.remove('instance/valued.txt');
  await bravo.files.write('instance/valued.txt', 'edited');
  await eventually(async () => {
    const { activity } = await alpha.status();
    return (
      activity.some(({ path, kind }) => path === 'valued.txt' && kind === 'observed') ||
      (await alpha.status()).queue.changes > 0
    );
  });
  bravo.signal('SIGCONT');
  await eventually(async () => (await alpha.files.find('instance/valued.txt')) === 'edited');
  await fleet.settled();
  assert.equal(await bravo.files.read('instance/valued.txt'), 'edited');
});

fleetTest('a replaced and a deleted content can be found in the archive', { servers: 2 }, async (fleet) => {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  await alpha.files.write('instance/kept.txt', 'rest');
  await alpha.files.write('instance/history.txt', 'first content');
  await fleet.settled();
  await alpha.files.write('instance/history.txt', 'second content');
  await eventually(async () => (await bravo.files.find('instance/history.txt')) === 'second content');
  await alpha.files.remove('instance/history.txt');
  await eventually(async () => !(await bravo.files.exists('instance/history.txt')));
  assert.ok(await isArchived(fleet, 'first content'));
  assert.ok(await isArchived(fleet, 'second content'));
});

fleetTest(
  'a new server with empty folders receives everything and deletes nothing',
  { servers: 3, asleep: true },
  async (fleet) => {
    const [alpha, bravo, charlie] = [fleet.at(0), fleet.at(1), fleet.at(2)];
    for (let i = 0; i < 100; i++) await alpha.files.write(`static/site/${i}.css`, `rule ${i}`);
    await Promise.all([alpha.start(), bravo.start()]);
    await fleet.equal(20_000, [alpha, bravo]);
    await charlie.start();
    await fleet.settled();
    assert.equal((await charlie.files.tree()).size, 100);
  },
);

fleetTest('a server whose folders and state were wiped gets them back', { servers: 2 }, async (fleet) => {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  for (let i = 0; i < 60; i++) await alpha.files.write(`static/site/${i}.css`, `rule ${i}`);
  await fleet.settled();
  await bravo.stop();
  for (const name of ['static', 'instance', 'templates', '.lockstep']) await bravo.files.remove(name);
  await bravo.start();
  await fleet.settled(30_000);
  assert.equal((await alpha.files.tree()).size, 60);
  assert.equal((await bravo.files.tree()).size, 60);
});
