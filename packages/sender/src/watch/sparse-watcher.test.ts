import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { systemClock } from '@lockstep/core/node';
import { eventually } from '../testing/eventually.js';
import { SparseWatcher } from './sparse-watcher.js';

/** Makes `late` in every directory named `new`, after it was listed and before it is armed. */
class LateWatcher extends SparseWatcher {
  override _readdirp(root: string): ReturnType<SparseWatcher['_readdirp']> {
    const stream = super._readdirp(root);
    if (root.endsWith('/new')) stream?.once('end', () => mkdirSync(join(root, 'late'), { recursive: true }));
    return stream;
  }
}

it('A directory made between the listing and the arming of the one around it is armed too', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-sparse-'));
  const armed = new Set<string>();
  const heard = new Set<string>();
  const watcher = new LateWatcher(
    systemClock,
    () => false,
    (path) => armed.add(path),
  );
  t.after(async () => {
    await watcher.close();
    rmSync(root, { recursive: true, force: true });
  });
  watcher.on('raw', (_event, name) => heard.add(name));
  watcher.add(root);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  mkdirSync(join(root, 'new'));
  await eventually(
    () => armed.has(join(root, 'new', 'late')),
    () => `armed: ${[...armed].join(', ')}`,
  );
  writeFileSync(join(root, 'new', 'late', 'file.txt'), 'heard');
  await eventually(
    () => heard.has('file.txt'),
    () => 'the new directory is deaf',
  );
});

it('A wide tree is armed a few directories at a time, and all of it before the watcher is ready', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-sparse-'));
  const directories = Array.from({ length: 200 }, (_, n) => join(root, `${n % 100}`, `${n}`));
  for (const directory of directories) mkdirSync(directory, { recursive: true });
  // Young ones are listed twice.
  for (const directory of [root, ...directories.flatMap((each) => [dirname(each), each])]) {
    utimesSync(directory, 1_000, 1_000);
  }
  const armed = new Set<string>();
  let most = 0;
  const watcher = new SparseWatcher(
    systemClock,
    () => false,
    (path) => {
      armed.add(path);
      most = Math.max(most, watcher._streams.size);
    },
  );
  t.after(async () => {
    await watcher.close();
    rmSync(root, { recursive: true, force: true });
  });
  watcher.add(root);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  await eventually(
    () => directories.every((directory) => armed.has(directory)),
    () => `only ${armed.size} are armed`,
  );
  // The root's own, sixteen of its directories, and the two in each of them.
  assert.ok(most <= 1 + 16 + 2 * 16, `${most} listings at once`);
});

it('A directory made while the one around it is listed is armed, however long that takes', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-sparse-'));
  for (let n = 0; n < 64; n += 1) mkdirSync(join(root, `${n}`));
  const armed = new Set<string>();
  let isReady = false;
  let looked = 0;
  /** Of the listing that the first new directory leads to: the second one is made behind its back, and then a busy host holds it up. */
  const skips = (): boolean => {
    if (!isReady) return false;
    looked += 1;
    if (looked === 1) mkdirSync(join(root, 'second'));
    if (looked === 40) for (const endMs = performance.now() + 1_100; performance.now() < endMs;);
    return false;
  };
  const watcher = new SparseWatcher(systemClock, skips, (path) => armed.add(path));
  t.after(async () => {
    await watcher.close();
    rmSync(root, { recursive: true, force: true });
  });
  watcher.add(root);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  isReady = true;
  mkdirSync(join(root, 'first'));
  for (const name of ['first', 'second'])
    await eventually(
      () => armed.has(join(root, name)),
      () => `"${name}" is deaf`,
    );
});
