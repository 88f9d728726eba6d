import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { BrokenBody, createByteReader } from './byte-reader.js';

/** A reader of chunks that count up, and the chunks that it let go of, by their first byte. */
function readerOf(...sizes: number[]) {
  let next = 0;
  const chunks = sizes.map((size) => new Uint8Array(size).map(() => next++));
  const released: (number | undefined)[] = [];
  const reader = createByteReader(Readable.from(chunks), (chunk) => released.push(chunk[0]));
  return { reader, released };
}

describe('Bytes of a stream by length', () => {
  it('come in order across chunks, empty ones too, and each chunk is let go of when its last byte was taken', async () => {
    const { reader, released } = readerOf(4, 0, 3, 5);
    const target = new Uint8Array(5);
    assert.equal(await reader.fill(target), 5);
    assert.deepEqual([[...target], released, reader.total], [[0, 1, 2, 3, 4], [0], 5]);
    assert.equal(await reader.skip(2), 2);
    assert.deepEqual([released, await reader.isAtEnd()], [[0, 4], false]);
    assert.equal(await reader.fill(target), 5);
    assert.deepEqual([...target], [7, 8, 9, 10, 11]);
    assert.deepEqual([released, await reader.isAtEnd(), reader.total], [[0, 4, 7], true, 12]);
  });

  it('are fewer than asked for at the end', async () => {
    const { reader } = readerOf(3);
    assert.equal(await reader.fill(new Uint8Array(8)), 3);
    assert.equal(await reader.skip(Infinity), 0);
    assert.equal(await reader.isAtEnd(), true);
  });

  it('break off as BrokenBody, whatever is asked', async () => {
    const broken = () =>
      createByteReader(
        new Readable({
          read() {
            this.destroy(new Error('cut'));
          },
        }),
      );
    await assert.rejects(broken().fill(new Uint8Array(1)), BrokenBody);
    await assert.rejects(broken().skip(1), BrokenBody);
    await assert.rejects(broken().isAtEnd(), BrokenBody);
  });
});
