import assert from 'node:assert/strict';
import { after } from 'node:test';
import {
  appendFile,
  chmod,
  mkdir,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventually, fleetTest, sharedFleet, type Fleet } from '../harness/index.js';

const shared = sharedFleet(2);
after(() => shared.close());

async function bytesSent(fleet: Fleet): Promise<number> {
  const all = await Promise.all(fleet.servers.map((server) => server.status()));
  return all.reduce((sum, { bytes }) => sum + bytes.sent, 0);
}

/** Deletions that any server was told of. */
async function deletions(fleet: Fleet): Promise<number> {
  const all = await Promise.all(fleet.servers.map((server) => server.status()));
  return all.flatMap(({ activity }) => activity).filter(({ kind }) => kind === 'deleted-here').length;
}

shared.test(
  'a rewrite of the same size with its old mtime, and with an mtime of years ago, arrives',
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const path = 'instance/rewritten.txt';
    await alpha.files.write(path, 'aaaa');
    await fleet.settled();
    const { mtime } = await stat(alpha.files.at(path));
    await writeFile(alpha.files.at(path), 'bbbb');
    await utimes(alpha.files.at(path), mtime, mtime);
    await eventually(async () => (await bravo.files.find(path)) === 'bbbb');
    await writeFile(alpha.files.at(path), 'cccc');
    await utimes(alpha.files.at(path), new Date(1_000_000_000_000), new Date(1_000_000_000_000));
    await fleet.settled();
    assert.equal(await bravo.files.read(path), 'cccc');
    assert.equal((await stat(bravo.files.at(path))).mtimeMs, 1_000_000_000_000);
  },
);

shared.test('a touch and a chmod arrive without a byte of content', async (fleet) => {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  const path = 'static/touched.bin';
  await alpha.files.write(path, Buffer.alloc(200_000, 'content'));
  await fleet.settled();
  const before = await bytesSent(fleet);
  await utimes(alpha.files.at(path), new Date(), new Date(1_700_000_000_123));
  await eventually(async () => (await stat(bravo.files.at(path))).mtimeMs === 1_700_000_000_123);
  await chmod(alpha.files.at(path), 0o600);
  await eventually(async () => ((await stat(bravo.files.at(path))).mode & 0o777) === 0o600);
  await fleet.settled();
  assert.equal(await bytesSent(fleet), before);
});

shared.test('deep directories made at once with a file in them arrive', async (fleet) => {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  for (let i = 0; i < 20; i++)
    await alpha.files.write(`static/deep-${i}/a/b/c/d/e/f/g/page.html`, `page ${i}`);
  await fleet.settled();
  assert.equal(await bravo.files.read('static/deep-19/a/b/c/d/e/f/g/page.html'), 'page 19');
});

shared.test(
  'saves of editors that rename away and write anew never delete anything elsewhere',
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const file = alpha.files.at('templates/edited.html');
    await alpha.files.write('templates/edited.html', 'version 0');
    await fleet.settled();
    const before = await deletions(fleet);
    for (let i = 1; i <= 20; i++) {
      await rename(file, `${file}~`); // vim, with a backup
      await writeFile(file, `version ${2 * i - 1}`);
      await unlink(`${file}~`);
      await writeFile(`${file}.tmp`, `version ${2 * i}`); // sed -i, and what saves atomically
      await rename(`${file}.tmp`, file);
      await nextTurn();
    }
    await fleet.settled();
    assert.equal(await bravo.files.read('templates/edited.html'), 'version 40');
    assert.equal(await deletions(fleet), before);
  },
);

shared.test('a file that grows for seconds arrives whole, and others do not wait for it', async (fleet) => {
  const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  const file = alpha.files.at('instance/growing.csv');
  const line = `${'x'.repeat(999)}\n`;
  const endMs = performance.now() + 4_000;
  let lines = 0;
  let others = 0;
  while (performance.now() < endMs) {
    await appendFile(file, line);
    lines += 1;
    if (lines === 50) await alpha.files.write('instance/beside.txt', 'beside');
    if (lines % 50 === 0 && (await bravo.files.exists('instance/beside.txt'))) others += 1;
    await nextTurn();
  }
  assert.ok(others > 0, 'the file beside it waited until it had grown');
  await fleet.settled(40_000);
  assert.equal((await stat(bravo.files.at('instance/growing.csv'))).size, lines * 1_000);
});

fleetTest(
  '20,000 changes while a server is frozen, more than the system remembers, are all found',
  { servers: 2, timeoutMs: 240_000 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 100; i++) await mkdir(alpha.files.at(`static/d${i}`), { recursive: true });
    await alpha.files.write('static/first.txt', 'first');
    await fleet.settled();
    alpha.signal('SIGSTOP');
    for (let i = 0; i < 20_000; i += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, j) =>
          writeFile(alpha.files.at(`static/d${j}/${i}.txt`), `${i} ${j}`),
        ),
      );
    }
    alpha.signal('SIGCONT');
    await eventually(async () => {
      const { folders } = await bravo.status();
      const files = folders.reduce((sum, folder) => sum + folder.files, 0);
      return files === 20_001 || `bravo has ${files} files`;
    }, 180_000);
    await fleet.settled(60_000);
  },
);

fleetTest(
  'a root that is deleted and made anew is watched again, and so is one whose link leads elsewhere now',
  { servers: 2, asleep: true },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const [first, second] = [`${alpha.root}-release-1`, `${alpha.root}-release-2`];
    for (const release of [first, second]) await mkdir(release, { recursive: true });
    await mkdir(alpha.root, { recursive: true });
    await symlink(first, alpha.files.at('templates'));
    await Promise.all(fleet.servers.map((server) => server.start()));
    await alpha.files.write('instance/one.txt', 'one');
    await alpha.files.write('templates/page.html', 'release 1');
    await fleet.settled();
    await rm(alpha.files.at('instance'), { recursive: true });
    await mkdir(alpha.files.at('instance'));
    await writeFile(`${second}/page.html`, 'release 2');
    await symlink(second, `${alpha.root}/next`);
    await rename(`${alpha.root}/next`, alpha.files.at('templates'));
    await eventually(async () => (await bravo.files.find('templates/page.html')) === 'release 2');
    await alpha.files.write('instance/after.txt', 'after');
    await alpha.files.write('templates/after.html', 'after');
    await eventually(() => bravo.files.exists('instance/after.txt'));
    await eventually(() => bravo.files.exists('templates/after.html'));
  },
);
