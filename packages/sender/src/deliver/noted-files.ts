import { keyOf, type FileKey } from '@lockstep/core';

/** More than this many are not remembered: the rest goes the general way. */
const mostNoted = 20_000;

/** Files of which something was noted when their rows were recorded, until their items are taken up. A restart forgets it. */
export interface NotedFiles {
  add(files: readonly FileKey[]): void;
  has(key: string): boolean;
  /** True when it was noted; it is not any more. */
  take(key: string): boolean;
}

export function createNotedFiles(): NotedFiles {
  const keys = new Set<string>();
  return {
    add(files) {
      if (keys.size < mostNoted) for (const file of files) keys.add(keyOf(file));
    },
    has: (key) => keys.has(key),
    take: (key) => keys.delete(key),
  };
}
