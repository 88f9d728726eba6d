import { deletionWindowMs } from '../rules/index.js';

/**
 * How many files each source deleted lately, so that a mass deletion cut into small batches is still one.
 * The time is the origin's: deletions spread over days stay spread when a peer hears of them at once.
 */
export interface DeletionWindow {
  /** Deletions of this source in the folder within the window around `atMs`. */
  count(folder: string, source: string, atMs: number): number;
  add(folder: string, source: string, times: readonly number[]): void;
}

const maxRemembered = 5_000;

export function createDeletionWindow(): DeletionWindow {
  const remembered = new Map<string, number[]>();
  return {
    count(folder, source, atMs) {
      const times = remembered.get(`${folder}\0${source}`) ?? [];
      return times.filter((time) => Math.abs(time - atMs) <= deletionWindowMs).length;
    },
    add(folder, source, times) {
      const key = `${folder}\0${source}`;
      const all = [...(remembered.get(key) ?? []), ...times];
      remembered.set(key, all.slice(-maxRemembered));
    },
  };
}
