import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, startFleet } from '../harness/index.js';

/**
 * A `node` whose user may have so few watches: in a user namespace the limit is its own, nobody else's is touched. Null where this
 * system lets nobody make one.
 */
async function scarceNode(directory: string, watches: number): Promise<string | null> {
  const limit = '/proc/sys/user/max_inotify_watches';
  const inside = (command: string): string[] => [
    '-Ur',
    'sh',
    '-c',
    `echo ${watches} > ${limit} && ${command}`,
  ];
  if (spawnSync('unshare', inside('true')).status !== 0) return null;
  const file = join(directory, 'scarce-node');
  const command = `exec unshare -Ur sh -c 'echo ${watches} > ${limit} && exec "$0" "$@"' '${process.execPath}' "$@"`;
  await writeFile(file, `#!/bin/sh\n${command}\n`);
  await chmod(file, 0o755);
  return file;
}

test(
  'when the system gives no more watches, folders are polled, the page warns, and every change is found',
  { timeout: 120_000 },
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-watches-'));
    const execPath = await scarceNode(directory, 12);
    if (execPath === null)
      t.diagnostic('No user namespaces here: the limit is not reached, and events must do.');
    const fleet = await startFleet(2, { asleep: true, ...(execPath === null ? {} : { execPath }) });
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    try {
      for (let i = 0; i < 40; i++) await mkdir(alpha.files.at(`static/d${i}`), { recursive: true });
      await Promise.all(fleet.servers.map((server) => server.start()));
      const mode = execPath === null ? 'events' : 'polling';
      await eventually(async () => {
        const { watching } = await alpha.status();
        return watching.mode === mode || JSON.stringify(watching);
      });
      if (execPath !== null) {
        const { watching, notes } = await alpha.status();
        assert.match(watching.reason ?? '', /max_user_watches/);
        assert.match(JSON.stringify(notes), /Folders are polled/);
        await alpha.logs(/found by listing the folder/);
      }
      for (let i = 0; i < 40; i++) await alpha.files.write(`static/d${i}/deep/page.html`, `page ${i}`);
      await fleet.settled(30_000);
      await writeFile(alpha.files.at('static/d39/deep/page.html'), 'PAGE 39');
      await alpha.files.remove('static/d0/deep/page.html');
      await eventually(
        async () => (await bravo.files.find('static/d39/deep/page.html')) === 'PAGE 39',
        30_000,
      );
      await eventually(async () => !(await bravo.files.exists('static/d0/deep/page.html')), 30_000);
    } catch (error) {
      console.error(fleet.logs());
      throw error;
    } finally {
      await fleet.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
