import { keyOf, type FileKey } from '../model/path.js';
import type { IndexStore } from '../ports/index-store.js';

/** The paths of open holds observed here, in memory: every observation asks. */
export interface HeldPaths {
  /** The hold that names this path, or undefined. */
  holdOf(file: FileKey): number | undefined;
  readonly size: number;
  /** Reads the holds again after one was opened, changed or ended. */
  refresh(): void;
  /** A person released these deletions of a peer: they are accepted for ten minutes. */
  permit(files: readonly FileKey[], untilMs: number): void;
  isPermitted(file: FileKey, nowMs: number): boolean;
}

export function createHeldPaths(index: IndexStore): HeldPaths {
  const held = new Map<string, number>();
  const permitted = new Map<string, number>();
  const book: HeldPaths = {
    holdOf: (file) => held.get(keyOf(file)),
    get size() {
      return held.size;
    },
    refresh() {
      held.clear();
      for (const hold of index.holds.list()) {
        if (hold.peer !== null) continue;
        for (const path of hold.paths) held.set(keyOf({ folder: hold.folder, path }), hold.id);
      }
    },
    permit(files, untilMs) {
      for (const file of files) permitted.set(keyOf(file), untilMs);
    },
    isPermitted(file, nowMs) {
      const untilMs = permitted.get(keyOf(file));
      if (untilMs !== undefined && untilMs < nowMs) permitted.delete(keyOf(file));
      return untilMs !== undefined && untilMs >= nowMs;
    },
  };
  book.refresh();
  return book;
}
