import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IndexStore } from '@lockstep/core';
import {
  createFakeClock,
  createMemoryIndex,
  createSeededRandom,
  fileKey,
  liveEntry,
  tombstone,
} from '@lockstep/core/testing';
import { findFiles } from './find-files.js';

function createIndex(): IndexStore {
  return createMemoryIndex({ node: 'web-1', random: createSeededRandom(1), clock: createFakeClock() });
}

function put(index: IndexStore, folder: string, path: string, learnedFrom: string | null = null): number {
  const entry = liveEntry(path, fileKey(folder, path));
  return index.put({ entry, stamp: 's', learnedFrom, recordedMs: 0 });
}

function acknowledge(index: IndexStore, name: string, cursor: number): void {
  index.peers.save({ name, indexId: 'i', cursor, baseline: 0, lastContactMs: null });
}

const everything = { prefix: '', limit: 10 };

describe('the search for files', () => {
  it('gives the latest changes, newest first, when nothing is asked for', async () => {
    const index = createIndex();
    for (const path of ['a.txt', 'b.txt', 'c.txt']) put(index, 'static', path);
    put(index, 'static', 'a.txt');
    const { files, more } = await findFiles(index, [], { ...everything, limit: 2 });
    assert.deepEqual(
      files.map((file) => file.path),
      ['a.txt', 'c.txt'],
    );
    assert.equal(more, true);
  });

  it('finds the files of a folder whose path begins with the text, by path', async () => {
    const index = createIndex();
    put(index, 'static', 'css/site.css');
    put(index, 'static', 'css/app.css');
    put(index, 'static', 'js/css/no.css');
    put(index, 'templates', 'css/other.css');
    const { files, more } = await findFiles(index, [], { folder: 'static', prefix: 'css/', limit: 10 });
    assert.deepEqual(
      files.map((file) => file.path),
      ['css/app.css', 'css/site.css'],
    );
    assert.equal(more, false);
  });

  it('tells for each peer whether it has the newest version', async () => {
    const index = createIndex();
    const first = put(index, 'static', 'first.txt');
    const second = put(index, 'static', 'second.txt');
    put(index, 'static', 'taught.txt', 'web-3');
    acknowledge(index, 'web-2', second);
    acknowledge(index, 'web-3', first);
    index.deferred.save({
      ...{ peer: 'web-2', ...fileKey('static', 'second.txt'), sequence: second, code: 'DISK_FULL' },
      ...{ message: 'full', attempts: 1, firstMs: 0, nextTryMs: 0 },
    });
    const { files } = await findFiles(index, ['web-2', 'web-3'], { folder: 'static', prefix: '', limit: 10 });
    assert.deepEqual(Object.fromEntries(files.map((file) => [file.path, file.peers])), {
      'first.txt': { 'web-2': 'there', 'web-3': 'there' },
      'second.txt': { 'web-2': 'deferred', 'web-3': 'pending' },
      'taught.txt': { 'web-2': 'pending', 'web-3': 'there' },
    });
  });

  it('shows deleted paths as such', async () => {
    const index = createIndex();
    index.put({
      entry: tombstone(fileKey('static', 'gone.txt')),
      stamp: null,
      learnedFrom: null,
      recordedMs: 0,
    });
    const { files } = await findFiles(index, [], everything);
    assert.equal(files[0]?.state, 'deleted');
    assert.equal(files[0].size, null);
  });

  it('gives other work a turn while it looks through a large index', async () => {
    const index = createIndex();
    index.transact(() => {
      for (let number = 0; number < 3_000; number += 1) put(index, 'static', `file-${number}`);
    });
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await findFiles(index, [], { folder: 'static', prefix: 'nothing', limit: 10 });
    clearImmediate(next);
    assert.ok(turns >= 3, `${turns} turns`);
  });
});
