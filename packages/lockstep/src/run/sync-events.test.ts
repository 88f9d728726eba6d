import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReplicaEvents, silentLog, type Log } from '@lockstep/core';
import { createSyncEvents } from './sync-events.js';

const recorded = { sequence: 1, entries: [], from: null };

test('a listener that throws or rejects is reported and disturbs nobody', async () => {
  const failures: string[] = [];
  const log: Log = { ...silentLog, error: (message) => void failures.push(message) };
  const events = createReplicaEvents();
  const sync = createSyncEvents({ events }, log);
  let heard = 0;
  sync.on('recorded', () => {
    throw new Error('no');
  });
  sync.on('recorded', () => Promise.reject(new Error('no')));
  sync.on('recorded', () => void heard++);
  events.emit('recorded', recorded);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(heard, 1);
  assert.deepEqual(failures, ['A listener of "recorded" failed', 'A listener of "recorded" failed']);
});

test('a listener is called once per event however often it was added, and no more after off', () => {
  const events = createReplicaEvents();
  const sync = createSyncEvents({ events }, silentLog);
  let heard = 0;
  const listener = (): void => void heard++;
  sync.on('recorded', listener);
  sync.on('recorded', listener);
  events.emit('recorded', recorded);
  assert.equal(heard, 1);
  sync.off('recorded', listener);
  events.emit('recorded', recorded);
  assert.equal(heard, 1);
  assert.equal(events.listenerCount('recorded'), 0);
});
