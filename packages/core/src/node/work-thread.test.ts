import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { nodeDiskUser } from '../testing/node-disk-user.js';
import { workContract, type WorkBench } from '../testing/work-contract.js';
import { archiveIn, placesIn } from '../testing/work-contract/harness.js';
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
