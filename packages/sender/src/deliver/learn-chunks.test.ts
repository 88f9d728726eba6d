import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LiveEntry } from '@lockstep/core';
import { createChunkLearning } from './learn-chunks.js';

const file = (path: string): LiveEntry => ({ path }) as LiveEntry;
const turns = () => new Promise((resolve) => setImmediate(resolve));

it('large files that were sent are cut into chunks one by one, and only while nothing waits to be sent', async () => {
  const learnt: string[] = [];
  let isIdle = false;
  let ready: () => void = () => undefined;
  const learnChunks = ({ path }: LiveEntry): Promise<void> => {
    learnt.push(path);
    return new Promise((resolve) => (ready = resolve));
  };
  const learning = createChunkLearning({ learnChunks }, () => isIdle);
  for (const path of ['a', 'b', 'c']) learning.sent(file(path));
  learning.goOn();
  assert.deepEqual(learnt, []);
  isIdle = true;
  learning.goOn();
  learning.goOn();
  assert.deepEqual(learnt, ['a']);
  ready();
  await turns();
  assert.deepEqual(learnt, ['a', 'b']);
  isIdle = false;
  ready();
  await turns();
  assert.deepEqual(learnt, ['a', 'b']);
  isIdle = true;
  learning.goOn();
  ready();
  await turns();
  assert.deepEqual(learnt, ['a', 'b', 'c']);
});
