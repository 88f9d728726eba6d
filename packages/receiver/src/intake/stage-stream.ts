import { isSyncError, type Digest, type Replica, type Transfer } from '@lockstep/core';
import type { ByteReader } from './byte-reader.js';
import { takenOf, type Taken } from './stage-batch.js';

/** How much of a large content is handed to the disk at a time. */
const partBytes = 512 * 1024;

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
 * Stages a large content part by part: one part is written while the next is read. When staging fails the rest is passed over, so that
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
  let writing: Promise<void> = Promise.resolve();
  try {
    for (;;) {
      const part = await reader.exactly(Math.min(partBytes, end - reader.total));
      await writing;
      if (part.length === 0) return;
      writing = staging.stagePart(id, part);
      writing.catch(() => undefined);
    }
  } finally {
    // Nothing may be written any more when the caller finishes or aborts.
    await writing.catch(() => undefined);
  }
}
