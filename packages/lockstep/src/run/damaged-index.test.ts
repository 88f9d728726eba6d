import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLog } from '@lockstep/core';
import express from 'express';
import { getFileSyncStatus, setupRealTimeFileSync } from '../setup.js';

const secret = '0123456789abcdef0123456789abcdef';

async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (!holds()) {
    assert.ok(Date.now() < deadlineMs, `still not: ${holds.toString()}`);
    await wait(20);
  }
}

test('the status says rebuilding while a damaged index cannot be begun anew; then listeners and pause are as before', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-damaged-index-'));
  const sync = await setupRealTimeFileSync(express(), { root, name: 'web-1', secret, log: silentLog });
  t.after(async () => {
    await sync.close();
    await rm(root, { recursive: true, force: true });
  });
  const heard: string[] = [];
  sync.on('recorded', ({ entries }) => void heard.push(...entries.map(({ path }) => String(path))));
  await sync.pause();
  const { indexId } = sync.replica.index;

  const file = join(root, '.lockstep', 'index.db');
  rmSync(`${file}.opening`, { force: true });
  mkdirSync(`${file}.opening`); // in the place of the lock: nobody can begin a new index
  truncateSync(file, statSync(file).size >> 1);
  await until(() => getFileSyncStatus().state === 'rebuilding');
  const { active, name, folders } = sync.status();
  assert.deepEqual([active, name, folders], [false, 'web-1', ['instance', 'templates', 'static']]);

  rmSync(`${file}.opening`, { recursive: true });
  await until(() => getFileSyncStatus().active);
  assert.notEqual(sync.replica.index.indexId, indexId);
  assert.equal(sync.status().paused, true);
  writeFileSync(join(root, 'static', 'after.txt'), 'after');
  await until(() => heard.includes('after.txt'));
});
