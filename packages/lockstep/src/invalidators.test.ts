import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parsePath } from '@lockstep/core';
import ejs from 'ejs';
import { changeListener, ejsInvalidator } from './invalidators.js';

const inFolder = (folder: string) => ({ folder, path: parsePath('page.ejs') });

test('a changed template is rendered anew although EJS caches', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-ejs-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const page = join(root, 'page.ejs');
  const render = () => ejs.renderFile(page, {}, { cache: true });
  await writeFile(page, 'old');
  assert.equal(await render(), 'old');
  await writeFile(page, 'new');
  assert.equal(await render(), 'old', 'EJS caches: otherwise this test proves nothing');
  ejsInvalidator(ejs)({ entries: [inFolder('templates')] });
  assert.equal(await render(), 'new');
});

test('a listener runs once per batch, and only for its own folder', () => {
  let runs = 0;
  const listener = changeListener('templates', () => void runs++);
  listener({ entries: [inFolder('static'), inFolder('instance')] });
  assert.equal(runs, 0);
  listener({ changes: [{ entry: inFolder('templates') }, { entry: inFolder('templates') }] });
  assert.equal(runs, 1);
});
