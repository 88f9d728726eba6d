import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createFifo } from './fifo.js';

it('A queue gives its items in order, also those that were put back', () => {
  const queue = createFifo<number>();
  for (let at = 0; at < 3_000; at += 1) queue.push(at);
  const taken = Array.from({ length: 2_000 }, () => queue.shift());
  assert.deepEqual(
    taken,
    Array.from({ length: 2_000 }, (_, at) => at),
  );
  queue.putBack([1_998, 1_999]);
  assert.equal(queue.length, 1_002);
  assert.equal(queue.peek(), 1_998);
  assert.deepEqual([queue.shift(), queue.shift(), queue.shift()], [1_998, 1_999, 2_000]);
  queue.clear();
  assert.equal(queue.shift(), undefined);
  assert.equal(queue.length, 0);
});
