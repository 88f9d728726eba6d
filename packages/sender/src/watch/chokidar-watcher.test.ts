import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { systemClock } from '@lockstep/core/node';
import { eventually } from '../testing/eventually.js';
import { watcherContract } from '../testing/watcher-contract.js';
import { createChokidarWatcher } from './chokidar-watcher.js';

watcherContract('chokidar, directories only', () => createChokidarWatcher(systemClock));

it(
  'chokidar says of a hint whether the name alone came or went, and never of a file that was written to',
  { skip: process.platform !== 'linux' && 'the kinds of events are those of inotify' },
  async (t) => {
    const base = mkdtempSync(join(tmpdir(), 'lockstep-names-'));
    const root = mkdtempSync(join(tmpdir(), 'lockstep-watch-'));
    const kinds = new Map<string, Set<boolean>>();
    const watcher = createChokidarWatcher(systemClock);
    for (const name of ['moved', 'linked']) writeFileSync(join(base, name), name);
    for (const name of ['written', 'touched']) writeFileSync(join(root, name), name);
    await watcher.start(root, {
      onHint: (path, isNameOnly = false) => kinds.set(path, (kinds.get(path) ?? new Set()).add(isNameOnly)),
      onDoubt: () => undefined,
      onTrouble: ({ message }) => assert.fail(message),
      skipsDirectory: () => false,
    });
    t.after(async () => {
      await watcher.close();
      for (const made of [base, root]) rmSync(made, { recursive: true, force: true });
    });
    renameSync(join(base, 'moved'), join(root, 'moved'));
    linkSync(join(base, 'linked'), join(root, 'linked'));
    writeFileSync(join(root, 'written'), 'anew');
    utimesSync(join(root, 'touched'), 1, 1);
    writeFileSync(join(root, 'last'), 'last');
    await eventually(
      () => kinds.get('last')?.has(false) === true,
      () => 'the last file is not hinted',
    );
    const seen = ['moved', 'linked', 'written', 'touched'].map((name) => [...(kinds.get(name) ?? [])]);
    assert.deepEqual(seen, [[true], [true], [false], [false]]);
  },
);
