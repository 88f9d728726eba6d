import { isSyncError, type Digest, type Replica, type Transfer } from '@lockstep/core';
import type { ByteReader } from './byte-reader.js';
import { givePartMemoryBack, partBytes, takePartMemory } from './part-memory.js';
import { takenOf, type Taken } from './stage-batch.js';

/** Parts of a content that are on their way to the disk at a time, so that the disk never waits for the connection. */
const mostParts = 3;

export interface StreamedContent {
  readonly folder: string;
  /** How many bytes to take from the reader; null for all that come. */
  readonly bytes: number | null;
  /** What the bytes must be; null takes what comes. */
  readonly expected: { readonly digest: Digest; readonly size: number } | null;
  /** Set for a large content of a peer: only its missing parts may come, and a broken body leaves what it brought. */
  readonly transfer?: Transfer;
}

/**
 * Stages a large content part by part: some are written while the next is read. When staging fails the rest is passed over, so that
 * the next content is found. Throws BrokenBody when the body breaks off; then nothing stays staged but
 * the beginning of a `transfer`, for the next one.
 */
export async function stageStream(
  staging: Replica['staging'],
  reader: ByteReader,
  content: StreamedContent,
): Promise<Taken> {
  const end = content.bytes === null ? Infinity : reader.total + content.bytes;
  try {
    const { id } = await staging.stageOpen(content.folder, content.transfer);
    try {
      await writeParts(staging, reader, id, end);
    } catch (error) {
      await staging.stageAbort(id);
      throw error;
    }
    return takenOf(await staging.stageFinish(id, content.expected));
  } catch (error) {
    if (!isSyncError(error)) throw error;
    await reader.skip(end - reader.total);
    return error;
  }
}

async function writeParts(
  staging: Replica['staging'],
  reader: ByteReader,
  id: number,
  end: number,
): Promise<void> {
  const underWay: PartUnderWay[] = [];
  try {
    for (;;) {
      const memory = underWay.length < mostParts ? takePartMemory() : await firstOf(underWay);
      const part = new Uint8Array(memory, 0, Math.min(partBytes, end - reader.total));
      const length = await reader.fill(part);
      if (length === 0) {
        givePartMemoryBack(memory);
        break;
      }
      const written = staging.stagePart(id, part.subarray(0, length));
      written.catch(() => undefined);
      underWay.push({ memory, written });
    }
    while (underWay.length > 0) givePartMemoryBack(await firstOf(underWay));
  } finally {
    // Nothing may be written any more when the caller finishes or aborts.
    await Promise.allSettled(underWay.map(({ written }) => written));
  }
}

interface PartUnderWay {
  readonly memory: SharedArrayBuffer;
  readonly written: Promise<void>;
}

/** Waits until the oldest part is written; gives its memory. */
async function firstOf(underWay: PartUnderWay[]): Promise<SharedArrayBuffer> {
  const [first] = underWay;
  if (first === undefined) return takePartMemory();
  await first.written;
  underWay.shift();
  return first.memory;
}
