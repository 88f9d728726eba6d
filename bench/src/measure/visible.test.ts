import assert from 'node:assert/strict';
import test from 'node:test';
import { NotVisible, untilVisible } from './visible.js';

test('waits until the last file is there and asks no file again that was', async () => {
  let asked = 0;
  let open = 3;
  const there = {
    file: 'there',
    holds: () => {
      asked += 1;
      return true;
    },
  };
  const late = { file: 'late', holds: () => (open -= 1) === 0 };
  await untilVisible([there, late], { deadlineMs: 10_000, pollMs: 1, failure: () => null });
  assert.equal(open, 0);
  assert.equal(asked, 1);
});

test('names a file that did not come in time', async () => {
  const never = { file: '/peer/page.html', holds: () => false };
  const waiting = untilVisible([never], { deadlineMs: 0, pollMs: 1, failure: () => null });
  await assert.rejects(waiting, (error) => error instanceof NotVisible && /page\.html/.test(error.message));
});

test('stops waiting when the tool has ended, and says why', async () => {
  const never = { file: 'page.html', holds: () => false };
  const waiting = untilVisible([never], { deadlineMs: 60_000, pollMs: 1, failure: () => 'rsync stopped' });
  await assert.rejects(waiting, /rsync stopped/);
});
