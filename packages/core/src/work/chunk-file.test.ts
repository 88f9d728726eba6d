import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  maxChunkBytes,
  minChunkBytes,
  packChunks,
  unpackChunks,
  type Chunk,
  type ChunkList,
} from '../model/chunk-list.js';
import type { DiskReader } from '../ports/disk.js';
import { createSeededRandom } from '../testing/seeded-random.js';
import { chunkFile } from './chunk-file.js';
import { hashBytes } from './hash.js';

const mebibyte = 1024 * 1024;

/** Bytes that look random and are the same at every run. */
function noise(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, at) =>
    createHash('sha512').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function readerOf(content: Buffer): DiskReader & { readonly largest: () => number } {
  let largest = 0;
  return {
    stat: () => Promise.reject(new Error('not asked for')),
    read: (position, length) => {
      largest = Math.max(largest, length);
      return Promise.resolve(content.subarray(position, position + length));
    },
    close: () => Promise.resolve(),
    largest: () => largest,
  };
}

async function cut(content: Buffer, guide: ChunkList | null = null): Promise<readonly Chunk[]> {
  const breathe = (): Promise<void> => Promise.resolve();
  const read = await chunkFile(readerOf(content), content.length, { guide, whole: true, breathe });
  assert.ok(read);
  assert.equal(read.digest, hashBytes(content));
  return read.chunks;
}

/** Chunks of `after` that are not in `before`. */
async function newChunks(before: Buffer, after: Buffer): Promise<readonly Chunk[]> {
  const known = new Set((await cut(before)).map(({ digest }) => digest));
  return (await cut(after)).filter(({ digest }) => !known.has(digest));
}

/** CRC-32 of the whole, and the low 16 bits of that of the first half. */
function digestOf(chunk: Buffer): string {
  const parts = [crc32(chunk).toString(16).padStart(8, '0'), crc32(chunk.subarray(0, chunk.length >> 1))];
  return `${parts[0]}${(Number(parts[1]) % 65_536).toString(16).padStart(4, '0')}`;
}

describe('A large file in chunks', () => {
  const content = noise('content', 8 * mebibyte + 12_345);

  it('is cut within the bounds, and the chunks make up the file', async () => {
    const chunks = await cut(content);
    const inner = chunks.slice(0, -1).map(({ size }) => size);
    assert.ok(inner.every((size) => size >= minChunkBytes && size <= maxChunkBytes));
    let position = 0;
    for (const { digest, size } of chunks) {
      assert.equal(digestOf(content.subarray(position, position + size)), digest);
      position += size;
    }
    assert.equal(position, content.length);
    const mean = content.length / chunks.length;
    assert.ok(mean > 28 * 1024 && mean < 48 * 1024, `a mean of ${mean}`);
  });

  it('is cut in the same places by every server', async () => {
    const sizes = (await cut(noise('fixed', 300_000))).map(({ size }) => size);
    assert.deepEqual(sizes, knownSizes);
  });

  it('of equal bytes is cut at the largest size', async () => {
    const sizes = (await cut(Buffer.alloc(2 * maxChunkBytes + 5))).map(({ size }) => size);
    assert.deepEqual(sizes, [maxChunkBytes, maxChunkBytes, 5]);
  });

  for (const at of [0, 1, 4_000_000, content.length]) {
    it(`changes in a few chunks when 4 KiB are put in at ${at}`, async () => {
      const after = Buffer.concat([content.subarray(0, at), noise('more', 4096), content.subarray(at)]);
      const changed = await newChunks(content, after);
      assert.ok(changed.length >= 1 && changed.length <= 5, `${changed.length} chunks changed`);
    });
  }

  it('gives the same chunks with any guide, right, outdated or wrong', async () => {
    const random = createSeededRandom(7);
    const expected = await cut(content);
    const variants = Array.from({ length: 12 }, (_, nth) => {
      const at = Math.floor(random.fraction() * content.length);
      const length = Math.floor(random.fraction() * 200_000);
      const rest = nth % 3 === 0 ? at : Math.min(content.length, at + (nth % 3 === 1 ? length : 3));
      return Buffer.concat([content.subarray(0, at), noise(`v${nth}`, length), content.subarray(rest)]);
    });
    for (const variant of [...variants, content, content.subarray(0, 5_000_000), noise('other', mebibyte)]) {
      const guide = packChunks(await cut(variant));
      assert.deepEqual(await cut(content, guide), expected);
    }
  });

  it('does not take the end of a shorter file for a cut', async () => {
    const before = content.subarray(0, 5_000_003);
    const guide = packChunks(await cut(before));
    assert.deepEqual(await cut(content, guide), await cut(content));
  });

  it('is read a MiB at a time', async () => {
    const reader = readerOf(content);
    await chunkFile(reader, content.length, { guide: null, whole: false, breathe: () => Promise.resolve() });
    assert.ok(reader.largest() <= mebibyte);
  });

  it('that became shorter while it was read has no chunks', async () => {
    const options = { guide: null, whole: true, breathe: (): Promise<void> => Promise.resolve() };
    assert.equal(await chunkFile(readerOf(content), content.length + 1, options), null);
  });

  it('keeps its list through packing', async () => {
    const chunks = await cut(content);
    const list = packChunks(chunks);
    assert.equal(list.length, chunks.length * 12);
    assert.deepEqual(unpackChunks(list), chunks);
  });
});

/** Other numbers here mean that servers of two releases find nothing in each other's files. */
const knownSizes: readonly number[] = [33_218, 43_109, 24_033, 39_417, 34_902, 43_465, 45_811, 36_045];
