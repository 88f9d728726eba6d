import { isStaged, SyncError, type Digest, type Replica, type Staged } from '@lockstep/core';

/** What became of the bytes of an entry: staged and verified, or why not. */
export type Taken = Staged | SyncError;

/** Small contents on their way to staging. */
export interface StageBatch {
  /** Takes the bytes of entry number `at`. Waits while an earlier batch is being written. */
  add(
    at: number,
    content: { readonly folder: string; readonly digest: Digest; readonly bytes: Uint8Array },
  ): Promise<void>;
  /** Writes what is left and waits for all. */
  finish(): Promise<void>;
}

const batchBytes = 1024 * 1024;
const batchContents = 64;

/** Gathers small contents so that one job writes many; one batch is written while the next is read, and no more are kept. */
export function createStageBatch(staging: Replica['staging'], taken: Map<number, Taken>): StageBatch {
  let waiting: { at: number; folder: string; digest: Digest; bytes: Uint8Array }[] = [];
  let bytes = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (batch: typeof waiting): Promise<void> => {
    const results = await staging.stage(
      batch.map(({ folder, digest, bytes: content }) => ({ folder, digest, bytes: content })),
    );
    for (const [nth, { at }] of batch.entries()) taken.set(at, takenOf(results[nth]));
  };

  const flush = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    bytes = 0;
    await writing;
    if (batch.length === 0) return;
    writing = write(batch);
    // Whoever waits next is told; until then nobody is listening.
    writing.catch(() => undefined);
  };

  return {
    async add(at, content) {
      waiting.push({ at, ...content });
      bytes += content.bytes.length;
      if (bytes >= batchBytes || waiting.length >= batchContents) await flush();
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
