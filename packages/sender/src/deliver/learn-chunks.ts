import type { LiveEntry, Replica } from '@lockstep/core';

/** Large files that were sent whole, to be cut into chunks ahead of their next change. */
export interface ChunkLearning {
  sent(entry: LiveEntry): void;
  /** Cuts one after the other while nothing else is to be done; what is left waits for the next call. */
  goOn(): void;
}

/** See `ChunkLearning`. What waits to be sent goes first: it needs the same disk and processor. */
export function createChunkLearning(
  replica: Pick<Replica, 'learnChunks'>,
  isIdle: () => boolean,
): ChunkLearning {
  const waiting: LiveEntry[] = [];
  let isLearning = false;

  const learn = async (): Promise<void> => {
    isLearning = true;
    try {
      for (;;) {
        const entry = isIdle() ? waiting.shift() : undefined;
        if (entry === undefined) return;
        await replica.learnChunks(entry);
      }
    } finally {
      isLearning = false;
    }
  };

  return {
    sent: (entry) => void waiting.push(entry),
    goOn: () => {
      if (!isLearning && waiting.length > 0) void learn();
    },
  };
}
