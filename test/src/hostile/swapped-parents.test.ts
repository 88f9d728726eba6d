import { sha256 } from '@lockstep/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { marker } from './canary.js';
import {
  createClient,
  entryOf,
  manifestOf,
  multipart,
  multipartType,
  signed,
  withToken,
  type Attack,
} from './client.js';
import { judgeDisk, judgeLog, judgeReply } from './judge.js';
import { startVictim } from './victim.js';

/**
 * Swaps a directory of the folder for a link to the outside and back, some hundred times a second and never in the same rhythm, until it
 * is killed. Faster, its file events alone would keep the server busy.
 */
const swapper = `
  import fs from 'node:fs';
  const [dir, target, own] = process.argv.slice(1);
  const [link, aside] = [own + '/link', own + '/aside'];
  fs.symlinkSync(target, link);
  process.stdout.write('ready');
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const rest = () => Atomics.wait(cell, 0, 0, Math.random() * 2);
  for (;;) {
    try {
      fs.renameSync(dir, aside);
      fs.renameSync(link, dir);
      rest();
      fs.renameSync(dir, link);
      fs.renameSync(aside, dir);
      rest();
    } catch (error) {
      if (!['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code)) throw error;
      if (fs.existsSync(aside)) fs.rmSync(aside, { recursive: true });
    }
  }`;

const rounds = 60;

/** Changes and reads of files whose parent is being swapped: also files that stand outside under the same names. */
function attacksOf(round: number): Attack[] {
  const names = [
    'swapped/secret.txt',
    'swapped/dir/inner.txt',
    `swapped/new-${round}.txt`,
    `swapped/dir/x/${round}.txt`,
  ];
  // As long as the file outside, so that only where it lies tells it from the one that is asked for.
  const content = `${round}`.padStart(`${marker} outside/secret.txt\n`.length, '0');
  const manifest = manifestOf(names.map((name) => entryOf('static', name, content)));
  const body = multipart([
    { name: 'manifest', content: manifest },
    { name: 'contents', content: content.repeat(names.length), fileName: 'contents' },
  ]);
  const headers = { 'content-type': multipartType };
  return [
    signed('POST', '/upload', body, { digest: sha256(manifest), headers }),
    ...names.map((name) => signed('GET', `/content?base_folder=static&path=${encodeURIComponent(name)}`)),
    signed('DELETE', '/delete', manifestOf([entryOf('static', names[round % 4], null)])),
    withToken({ method: 'DELETE', url: '/sync/delete?base_folder=static&path=swapped/secret.txt', body: '' }),
  ];
}

test('a parent that is swapped for a link again and again while requests come leads nowhere', async (t) => {
  const victim = await startVictim();
  const own = await mkdtemp(join(tmpdir(), 'lockstep-swapper-'));
  const client = createClient(victim.port, 6);
  t.after(async () => {
    client.close();
    await victim.close();
    await rm(own, { recursive: true, force: true });
  });
  const dir = join(victim.root, 'static', 'swapped');
  await mkdir(join(dir, 'dir'), { recursive: true });
  await writeFile(join(dir, 'secret.txt'), 'inside');
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', swapper, dir, join(victim.base, 'outside'), own],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const statuses = new Map<number, number>();
  try {
    await once(child.stdout, 'data');
    for (let round = 0; round < rounds; round += 1) {
      const attacks = attacksOf(round);
      const replies = await Promise.all(attacks.map((attack) => client.sendOrBreakOff(attack)));
      for (const [at, attack] of attacks.entries()) {
        const reply = replies[at];
        if (!reply) continue;
        judgeReply(victim, attack, reply);
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      }
    }
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await judgeDisk(victim);
  judgeLog(victim);
  t.diagnostic(`${rounds} rounds: ${JSON.stringify(Object.fromEntries(statuses))}`);
});
