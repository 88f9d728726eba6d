import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences, eventually, readTree, type TestServer } from '../harness/index.js';
import { reportOf, reportsOf, startHosts } from './hosts.js';

const count = 2000;

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

test(
  'a worker that sends is killed in the middle of 2,000 files: another goes on, and every worker knows all of it',
  { timeout: 120_000 },
  async (t) => {
    const [alpha, bravo] = await startHosts(t);
    const sending = (await reportsOf(alpha, 3)).filter(({ sends }) => sends);
    assert.equal(sending.length, 1, 'exactly one worker sends');
    await reportsOf(bravo, 3); // a worker that starts later is told what changes from then on only
    const writing = writeAll(alpha);
    await eventually(async () => (await reportOf(bravo)).files > count / 10);

    process.kill(sending[0]?.pid ?? 0, 'SIGKILL');
    const atKill = (await reportOf(bravo)).files;
    assert.ok(atKill < count, `the kill came too late to test anything: ${atKill} files were there`);
    const next = await eventually(async () => {
      const report = await reportOf(alpha, 1_000); // the killed one may have been handed the connection
      return report.sends && report.pid !== sending[0]?.pid ? report.pid : false;
    }, 5000);

    await writing;
    await eventually(async () => (await reportOf(bravo)).files === count, 60_000);
    assert.deepEqual(
      differences(await readTree(alpha.root), await readTree(bravo.root), ['alpha', 'bravo']),
      [],
    );
    const reports = await eventually(async () => {
      const all = await reportsOf(bravo, 3);
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
    assert.equal((await reportsOf(alpha, 2)).find(({ sends }) => sends)?.pid, next);
  },
);
