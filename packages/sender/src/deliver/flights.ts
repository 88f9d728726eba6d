import type { Batch, InFlight } from './plan-batch.js';

/** The batches on their way to one peer. */
export interface Flights extends InFlight {
  readonly size: number;
  /** Files on their way. */
  readonly files: number;
  add(batch: Batch): void;
  remove(batch: Batch): void;
}

export function createFlights(): Flights {
  const batches = new Set<Batch>();
  const keys = new Set<string>();
  let smallBytes = 0;

  return {
    has: (key) => keys.has(key),
    get size() {
      return batches.size;
    },
    get files() {
      return keys.size;
    },
    get smallBytes() {
      return smallBytes;
    },
    get streams() {
      let streams = 0;
      for (const batch of batches) if (batch.send === 'stream') streams += 1;
      return streams;
    },
    get lowestRank() {
      let lowest: number | null = null;
      for (const { send, rank } of batches) {
        if (send !== 'stream' && (lowest === null || rank < lowest)) lowest = rank;
      }
      return lowest;
    },
    add(batch) {
      batches.add(batch);
      for (const { item } of batch.pieces) keys.add(item.key);
      smallBytes += smallBytesOf(batch);
    },
    remove(batch) {
      batches.delete(batch);
      for (const { item } of batch.pieces) keys.delete(item.key);
      smallBytes -= smallBytesOf(batch);
    },
  };
}

function smallBytesOf(batch: Batch): number {
  return batch.send === 'upload' ? batch.pieces.reduce((sum, { item }) => sum + item.size, 0) : 0;
}
