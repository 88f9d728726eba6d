import { isStaged, SyncError, type Digest, type Replica, type Staged } from '@lockstep/core';
import type { ByteReader } from './byte-reader.js';
import { givePartMemoryBack, partBytes, takePartMemory } from './part-memory.js';

/** What became of the bytes of an entry: staged and verified, or why not. */
export type Taken = Staged | SyncError;

/** What is announced of a small content. */
export interface SmallContent {
  readonly folder: string;
  readonly digest: Digest;
  readonly size: number;
}

/** Small contents on their way to staging. */
export interface StageBatch {
  /**
   * Takes the bytes of entry number `at` from the reader; gives how many there were, fewer than its size only when the body ends before: then
   * they are forgotten. Waits while an earlier batch is being written.
   */
  take(at: number, content: SmallContent, reader: ByteReader): Promise<number>;
  /** Writes what is left and waits for all. */
  finish(): Promise<void>;
}

/** Contents up to this size are collected and written many at a time: one always fits behind those that are not enough yet. */
export const smallBytes = partBytes / 2;

/** As many contents, or `smallBytes` of them, are enough for a job. */
const batchContents = 64;

/** Contents that wait for the same job, in memory that the thread on the disk sees too. */
interface Gathered {
  readonly memory: SharedArrayBuffer;
  readonly contents: { at: number; folder: string; digest: Digest; bytes: Uint8Array }[];
  used: number;
}

/** Gathers small contents so that one job writes many; one batch is written while the next is read, and no more are kept. */
export function createStageBatch(staging: Replica['staging'], taken: Map<number, Taken>): StageBatch {
  let gathered: Gathered | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async ({ contents, memory }: Gathered): Promise<void> => {
    const results = await staging.stage(
      contents.map(({ folder, digest, bytes }) => ({ folder, digest, bytes })),
    );
    givePartMemoryBack(memory);
    for (const [nth, { at }] of contents.entries()) taken.set(at, takenOf(results[nth]));
  };

  const flush = async (): Promise<void> => {
    const batch = gathered;
    gathered = null;
    await writing;
    if (batch === null) return;
    writing = write(batch);
    // Whoever waits next is told; until then nobody is listening.
    writing.catch(() => undefined);
  };

  return {
    async take(at, { folder, digest, size }, reader) {
      gathered ??= { memory: takePartMemory(), contents: [], used: 0 };
      const bytes = new Uint8Array(gathered.memory, gathered.used, size);
      const got = await reader.fill(bytes);
      if (got < size) return got;
      gathered.contents.push({ at, folder, digest, bytes });
      gathered.used += size;
      if (gathered.used >= smallBytes || gathered.contents.length >= batchContents) await flush();
      return got;
    },
    async finish() {
      await flush();
      await writing;
    },
  };
}

/** The answer of staging as a value of this package. */
export function takenOf(result: Awaited<ReturnType<Replica['staging']['stageFinish']>> | undefined): Taken {
  if (result === undefined)
    return new SyncError('STORAGE_FAILED', 'Staging gave no answer for a content: send it again.');
  return isStaged(result) ? result : new SyncError(result.failed, result.message);
}
