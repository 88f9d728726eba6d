import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { diskContract, type DiskBench } from '../../testing/disk-contract.js';
import { nodeDiskUser } from '../../testing/node-disk-user.js';
import { createNodeDisk } from './node-disk.js';

function open(t: TestContext, durability: 'fsync' | 'os'): DiskBench {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-disk-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return { disk: createNodeDisk({ durability }), root, user: nodeDiskUser };
}

diskContract('the real disk', (t) => open(t, 'fsync'));
diskContract('the real disk without flushes', (t) => open(t, 'os'));

describe('the real disk', () => {
  it('does not wait at a pipe for its other end', async (t) => {
    const { disk, root, user } = open(t, 'os');
    user.special('fifo', `${root}/pipe`);
    const reader = await disk.openRead(`${root}/pipe`);
    assert.equal((await reader?.stat())?.kind, 'fifo');
    await reader?.close();
  });

  it(
    'goes below an open directory by its descriptor: there is no moment between a look and a step in which it could be swapped',
    { skip: process.platform === 'linux' ? false : 'only Linux reaches files that way' },
    async (t) => {
      const { disk, root, user } = open(t, 'os');
      user.mkdir(`${root}/parent`);
      user.mkdir(`${root}/outside`);
      const parent = await disk.openDirectory(`${root}/parent`);
      assert.ok(parent);
      user.rename(`${root}/parent`, `${root}/moved`);
      user.symlink(`${root}/outside`, `${root}/parent`);
      await (await disk.create(`${parent.path}/a`)).close();
      await parent.close();
      assert.equal(user.readText(`${root}/moved/a`), '');
      assert.equal(user.readText(`${root}/outside/a`), null);
    },
  );

  it('shows the millisecond that Express puts into an ETag', async (t) => {
    const { disk, root, user } = open(t, 'os');
    for (let index = 0; index < 200; index += 1) {
      user.writeFile(`${root}/a`, 'x');
      assert.equal((await disk.stat(`${root}/a`))?.mtimeMs, statSync(`${root}/a`).mtime.getTime());
    }
  });
});
