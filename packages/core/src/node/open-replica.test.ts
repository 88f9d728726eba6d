import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openReplica } from './open-replica.js';

test('a replica that cannot be opened leaves no thread behind', async (t) => {
  if (process.platform !== 'linux') return t.skip('threads are counted in /proc');
  const root = await mkdtemp(join(tmpdir(), 'lockstep-open-replica-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const refused = () => assert.rejects(openReplica({ root, name: 'a', modeMask: 0o111 }), /modeMask/);
  await refused();
  const before = (await readdir('/proc/self/task')).length;
  for (let again = 0; again < 4; again += 1) await refused();
  assert.ok((await readdir('/proc/self/task')).length < before + 4);
});

test('what is to be loaded meanwhile is loaded before the replica is there; a failure of it leaves no thread behind', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-open-replica-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  let loaded = 0;
  const replica = await openReplica({ root, name: 'a', meanwhile: () => void (loaded += 1) });
  await replica.close();
  assert.equal(loaded, 1);
  const meanwhile = (): void => {
    throw new Error('cannot be loaded');
  };
  await assert.rejects(openReplica({ root, name: 'a', meanwhile }), /cannot be loaded/);
  await (await openReplica({ root, name: 'a' })).close();
});
