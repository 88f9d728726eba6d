import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import type { CommitPlan, SeenFile } from '../../ports/work.js';
import { nodeDiskUser as user } from '../../testing/node-disk-user.js';
import {
  allBytes,
  archiveIn,
  fileAt,
  placesIn,
  planDelete,
  planWrite,
} from '../../testing/work-contract/harness.js';
import { createWork } from '../../work/create-work.js';
import { systemClock } from '../clock.js';
import { systemRandom } from '../random.js';
import { createNodeDisk } from './node-disk.js';

/**
 * Swaps the directory for a link to the outside and back, as fast as it can, until it is killed. When a commit has made
 * the directory anew in between, that one takes part from then on.
 */
const swapper = `
  import fs from 'node:fs';
  const [base] = process.argv.slice(1);
  const [dir, link, aside] = ['/static/dir', '/link', '/aside'].map((name) => base + name);
  fs.symlinkSync(base + '/outside', link);
  process.stdout.write('ready');
  for (;;) {
    try {
      fs.renameSync(dir, aside);
      fs.renameSync(link, dir);
      fs.renameSync(dir, link);
      fs.renameSync(aside, dir);
    } catch (error) {
      if (!['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code)) throw error;
      if (fs.existsSync(aside)) fs.rmSync(aside, { recursive: true });
    }
  }`;

const batches = 30;

it('reads, writes and deletes nothing outside the folder while another process swaps a parent for a link', async (t) => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-swap-')));
  user.mkdir(`${base}/static/dir/sub`);
  for (let index = 0; index < 20; index += 1)
    user.writeFile(`${base}/outside/sub/f${index}`, `outside ${index}`);
  const before = [...user.files(`${base}/outside`)];
  const child = spawn(process.execPath, ['--input-type=module', '--eval', swapper, base], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => rmSync(base, { recursive: true, force: true }));
  await once(child.stdout, 'data');
  const outcomes = new Map<string, number>();
  try {
    const options = {
      disk: createNodeDisk({ durability: 'os' }),
      places: placesIn(base),
      archive: archiveIn(base),
    };
    const work = createWork({ ...options, random: systemRandom, clock: systemClock });
    const paths = Array.from({ length: 20 }, (_, index) => `dir/sub/f${index}`);
    for (let batch = 0; batch < batches; batch += 1) {
      const seen = await work.inspect(
        paths.map((path) => fileAt(path)),
        allBytes,
      );
      for (const one of seen) {
        if (one.kind === 'file')
          assert.ok(
            !Buffer.from(one.bytes ?? [])
              .toString()
              .startsWith('outside'),
          );
      }
      const old = seen.map((one): SeenFile | undefined => (one.kind === 'file' ? one : undefined));
      const plans: CommitPlan[] = [];
      for (const [at, path] of paths.entries()) {
        plans.push(
          batch % 3 === 2
            ? planDelete(path, old[at] ?? null)
            : await planWrite(work, path, `inside ${batch}`, old[at]),
        );
      }
      for (const outcome of await work.commit(plans)) {
        const result = outcome.done === 'failed' ? outcome.code : outcome.done;
        outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
      }
    }
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  assert.deepEqual([...user.files(`${base}/outside`)], before);
  assert.deepEqual(user.directories(`${base}/outside`), ['sub']);
  // The race was a race: some steps came through, and some met the link.
  assert.ok((outcomes.get('committed') ?? 0) > 0, JSON.stringify([...outcomes]));
  assert.ok((outcomes.get('PATH_THROUGH_LINK') ?? 0) > 0, JSON.stringify([...outcomes]));
});
