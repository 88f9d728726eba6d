import { maxChunkBytes, minChunkBytes } from '../model/chunk-list.js';

/** From here on a cut is found easily, so that most chunks end soon after it, in bytes. */
const normalChunkBytes = 32 * 1024;

/** The high bits of the rolling value, since only they have seen the last 32 bytes. 17 of them before the normal size, 13 after. */
const hardMask = 0xffff8000 | 0;
const easyMask = 0xfff80000 | 0;

/** A fixed random number for each byte. All servers must have the same ones, or they cut the same file differently. */
const gear = createGear();

/**
 * How many of the bytes from `start` make up the next chunk: a rolling value over the last 32 bytes says where it ends (FastCDC: Xia
 * and others, USENIX ATC 2016). `bytes` reaches `maxChunkBytes` beyond `start`, or to the end of the content.
 */
export function findCut(bytes: Uint8Array, start: number): number {
  const end = Math.min(bytes.length, start + maxChunkBytes);
  const normal = Math.min(end, start + normalChunkBytes);
  let value = 0;
  let at = start + minChunkBytes;
  for (; at < normal; at += 1) {
    value = ((value << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((value & hardMask) === 0) return at + 1 - start;
  }
  for (; at < end; at += 1) {
    value = ((value << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
    if ((value & easyMask) === 0) return at + 1 - start;
  }
  return end - start;
}

/** 256 numbers of the generator mulberry32, seeded with a constant. */
function createGear(): Int32Array {
  const table = new Int32Array(256);
  let state = 0x4c_4b_53_54;
  for (let index = 0; index < table.length; index += 1) {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    table[index] = mixed ^ (mixed >>> 14);
  }
  return table;
}
