import type { DeletionWindow } from '../ports/host-store.js';
import { deletionWindowMs } from '../rules/index.js';

const maxRemembered = 5_000;

/** The window of a process that is alone; it is remembered by this process only. */
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
