import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isSyncError } from '../model/error.js';
import { nodeDiskUser } from '../testing/node-disk-user.js';
import { workContract, type WorkBench } from '../testing/work-contract.js';
import { allBytes, archiveIn, digestOf, fileAt, placesIn } from '../testing/work-contract/harness.js';
import { startWorkThread } from './work-thread.js';

function open(t: TestContext, durability: 'fsync' | 'os'): WorkBench {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-work-')));
  for (const directory of ['static', 'templates', 'outside']) mkdirSync(`${base}/${directory}`);
  mkdirSync(archiveIn(base), { recursive: true });
  const work = startWorkThread({ places: placesIn(base), archive: archiveIn(base), durability });
  t.after(async () => {
    await work.close();
    rmSync(base, { recursive: true, force: true });
  });
  return { work, user: nodeDiskUser, base };
}

workContract('the jobs in a thread over the real disk', (t) => open(t, 'fsync'));

/** Runs a script in a process of its own; it finds the jobs as `work` and the bench's directory as `base`. */
function runAlone(t: TestContext, script: string): { status: number | null; stdout: string } {
  const { base } = open(t, 'os');
  const module = new URL('./work-thread.js', import.meta.url).href;
  const places = JSON.stringify(placesIn(base));
  const source = `
    import { startWorkThread } from ${JSON.stringify(module)};
    const base = ${JSON.stringify(base)};
    const work = startWorkThread({ places: ${places}, archive: base + '/state/archive', durability: 'os' });
    ${script}`;
  const options = { encoding: 'utf8', timeout: 20_000 } as const;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', source], options);
}

describe('the work thread', () => {
  it('does not keep an idle process alive, even one that never closes it', (t) => {
    const { status, stdout } = runAlone(t, `console.log(await work.rootIdentity('static') !== null);`);
    assert.deepEqual([status, stdout], [0, 'true\n']);
  });

  it('keeps the process alive while a job is under way', (t) => {
    const script = `
      const bytes = Buffer.alloc(20_000_000, 'x');
      const { id } = await work.stageOpen('static');
      await work.stagePart(id, bytes);
      work.stageFinish(id, null).then(({ size }) => console.log(size));`;
    const { status, stdout } = runAlone(t, script);
    assert.deepEqual([status, stdout], [0, '20000000\n']);
  });

  it('brings failures over as errors of the catalogue', async (t) => {
    const { work } = open(t, 'os');
    await assert.rejects(work.stageOpen('elsewhere'), (error) => {
      assert.ok(isSyncError(error, 'FOLDER_UNKNOWN'));
      assert.deepEqual(error.details, { folder: 'elsewhere' });
      return true;
    });
    await assert.rejects(work.readPart(99, 0, 1), (error) => isSyncError(error, 'STORAGE_FAILED'));
  });

  it('answers a small question while it hashes a large file', async (t) => {
    const { work, user, base } = open(t, 'os');
    user.writeFile(`${base}/static/large`, Buffer.alloc(64 << 20, 'x'));
    user.writeFile(`${base}/static/small`, 'x');
    const order: string[] = [];
    const ask = (path: string): Promise<unknown> =>
      work.inspect([fileAt(path)], allBytes).then(() => order.push(path));
    await Promise.all([ask('large'), ask('small')]);
    assert.deepEqual(order, ['small', 'large']);
  });

  it('hands over many contents at once, each intact and none holding back much more than itself', async (t) => {
    const { work } = open(t, 'os');
    const texts = Array.from({ length: 500 }, (_, index) => `${index} `.repeat(1 + (index % 300)));
    const staged = await work.stage(
      texts.map((text) => ({ folder: 'static', digest: digestOf(text), bytes: Buffer.from(text) })),
    );
    const plans = staged.map((one, index) => {
      assert.ok('name' in one);
      const plan = { mode: 0o644, mtimeMs: 1_000, expected: null, archiveOld: null };
      return { do: 'write', file: fileAt(`f${index}`), staged: one, ...plan } as const;
    });
    await work.commit(plans);
    const seen = await work.inspect(
      plans.map(({ file }) => file),
      allBytes,
    );
    for (const [index, one] of seen.entries()) {
      assert.ok(one.kind === 'file' && one.bytes);
      assert.equal(Buffer.from(one.bytes).toString(), texts[index]);
      assert.ok(one.bytes.buffer.byteLength <= 256 * 1024);
    }
  });

  it('ends with its host, and refuses jobs after that', async (t) => {
    const { work } = open(t, 'os');
    await work.close();
    await work.close();
    await assert.rejects(work.rootIdentity('static'), (error) => isSyncError(error, 'CLOSED'));
  });
});
