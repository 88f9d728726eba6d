import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ActivityKind, ActivityStore } from '@lockstep/core';
import { createFakeClock, createMemoryIndex, createSeededRandom } from '@lockstep/core/testing';
import { listActivity } from './list-activity.js';

const nothing = { folder: null, path: null, peer: null, bytes: 0, ms: null, code: null, message: null };

function createHistory(kinds: readonly ActivityKind[]): ActivityStore {
  const clock = createFakeClock();
  const { activity } = createMemoryIndex({ node: 'web-1', random: createSeededRandom(1), clock });
  activity.add(
    kinds.map((kind, number) => ({
      ...nothing,
      atMs: number,
      kind,
      folder: 'static',
      path: `file-${number}.txt`,
    })),
  );
  return activity;
}

const all = { text: '', limit: 3 };

describe('the history', () => {
  it('is given newest first, in pages that meet without a gap', () => {
    const history = createHistory(['sent', 'sent', 'sent', 'sent', 'sent']);
    const first = listActivity(history, all);
    assert.deepEqual(
      first.rows.map((row) => row.path),
      ['file-4.txt', 'file-3.txt', 'file-2.txt'],
    );
    const second = listActivity(history, { ...all, beforeId: first.next ?? undefined });
    assert.deepEqual(
      second.rows.map((row) => row.path),
      ['file-1.txt', 'file-0.txt'],
    );
    assert.equal(second.next, null);
  });

  it('is narrowed down to one kind', () => {
    const history = createHistory(['sent', 'failed', 'sent']);
    assert.deepEqual(
      listActivity(history, { ...all, kind: 'failed' }).rows.map((row) => row.path),
      ['file-1.txt'],
    );
  });

  it('finds a text anywhere, whatever the case, beyond the first rows read', () => {
    const history = createHistory(Array.from({ length: 1_200 }, () => 'sent' as const));
    const { rows, next } = listActivity(history, { ...all, text: ' FILE-7.TXT ' });
    assert.deepEqual(
      rows.map((row) => row.path),
      ['file-7.txt'],
    );
    assert.equal(next, null);
  });
});
