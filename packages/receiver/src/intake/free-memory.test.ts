import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeMemory } from './free-memory.js';

const kib = 1024;

describe('Freeing the memory of a chunk', () => {
  it('leaves it empty, again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const chunk = new Uint8Array(64 * kib).fill(7);
      const { buffer } = chunk;
      freeMemory(chunk);
      assert.deepEqual([chunk.byteLength, buffer.byteLength], [0, 0]);
      // The other end is closed by now.
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('gives it back at once: more chunks than fit into memory together', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 4_000; n += 1) freeMemory(new Uint8Array(64 * kib));
    const mib = (process.memoryUsage().arrayBuffers - before) / kib / kib;
    assert.ok(mib < 1, `${mib} MiB of 250 are still held`);
  });

  it('does not touch memory that others may use: a part of some, little, or what threads share', () => {
    const whole = new Uint8Array(128 * kib).fill(7);
    const pooled = Buffer.from('small');
    const shared = new Uint8Array(new SharedArrayBuffer(64 * kib));
    for (const chunk of [whole.subarray(0, 64 * kib), whole.subarray(1), pooled, shared]) {
      const { byteLength } = chunk;
      freeMemory(chunk);
      assert.equal(chunk.byteLength, byteLength);
    }
    assert.equal(whole[127 * kib], 7);
  });
});
