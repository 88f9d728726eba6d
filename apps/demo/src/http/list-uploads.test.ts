import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { listUploads } from './list-uploads.js';

test('lists files newest first, without folders and hidden files, with an address that survives odd names', async (t) => {
  const uploads = await mkdtemp(join(tmpdir(), 'lockstep-uploads-'));
  t.after(() => rm(uploads, { recursive: true, force: true }));
  await mkdir(join(uploads, 'folder'));
  for (const [name, seconds] of [
    ['old.txt', 1000],
    ['100% new?.txt', 2000],
    ['.hidden', 3000],
  ] as const) {
    await writeFile(join(uploads, name), name);
    await utimes(join(uploads, name), seconds, seconds);
  }
  assert.deepEqual(await listUploads(uploads), [
    { name: '100% new?.txt', href: '/uploads/100%25%20new%3F.txt', size: 13, mtimeMs: 2_000_000 },
    { name: 'old.txt', href: '/uploads/old.txt', size: 7, mtimeMs: 1_000_000 },
  ]);
});

test('lists nothing while the folder does not exist', async () => {
  assert.deepEqual(await listUploads(join(tmpdir(), 'lockstep-no-such-folder')), []);
});
