import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packChunks } from '../model/chunk-list.js';
import type { DiskReader, DiskStat } from '../ports/disk.js';
import { readStable } from './read-stable.js';

const mib = 1 << 20;
const breathe = (): Promise<void> => Promise.resolve();

/** A file that somebody writes to after so many reads, without its size changing. */
function changingAfter(reads: number, size: number) {
  let done = 0;
  const stat = (): DiskStat => {
    const stamp = `${size}:${done < reads ? 1 : 2}`;
    return { kind: 'file', size, mode: 0o644, mtimeMs: 1, stamp, inode: '1', device: '1' };
  };
  const reader: DiskReader = {
    stat: () => Promise.resolve(stat()),
    read: (_position, length, into) => {
      done += 1;
      return Promise.resolve(into?.subarray(0, length) ?? new Uint8Array(length));
    },
    close: () => Promise.resolve(),
  };
  return { reader, reads: () => done };
}

describe('Reading one version of a file', () => {
  for (const { what, chunks } of [
    { what: 'hashed', chunks: null },
    { what: 'cut into chunks', chunks: { guide: packChunks([]), learn: () => assert.fail('learned') } },
  ])
    it(`gives up a large one that is ${what} as soon as it changes`, async () => {
      const { reader, reads } = changingAfter(3, 50 * mib);
      const seen = await readStable(reader, { maxFileBytes: 99 * mib, keepBytesUpTo: 0, breathe, chunks });
      assert.deepEqual([seen, reads()], [{ kind: 'changing' }, 3]);
    });

  it('notices that a small one changed while it was read', async () => {
    const { reader } = changingAfter(1, 1_000);
    const seen = await readStable(reader, { maxFileBytes: mib, keepBytesUpTo: mib, breathe });
    assert.deepEqual(seen, { kind: 'changing' });
  });
});
