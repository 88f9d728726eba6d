import { keyOf, type FileKey } from '../model/path.js';
import type { IndexStore } from '../ports/index-store.js';

/** The paths of open holds observed here, in memory: every observation asks. */
export interface HeldPaths {
  /** The hold that names this path, or undefined. */
  holdOf(file: FileKey): number | undefined;
  readonly size: number;
  /** These paths are not missing any more; a hold without paths ends. Gives the holds that ended. */
  withdraw(files: readonly FileKey[]): readonly { readonly id: number; readonly folder: string }[];
  /** Reads the holds again after one was opened, changed or ended. */
  refresh(): void;
}

export function createHeldPaths(index: IndexStore): HeldPaths {
  const held = new Map<string, number>();
  const book: HeldPaths = {
    holdOf: (file) => (held.size === 0 ? undefined : held.get(keyOf(file))),
    get size() {
      return held.size;
    },
    withdraw(files) {
      const back = files.filter((file) => held.has(keyOf(file)));
      for (const file of back) index.holds.withdraw(held.get(keyOf(file)) ?? 0, [file.path]);
      const touched = new Map(back.map((file) => [held.get(keyOf(file)) ?? 0, file.folder]));
      if (back.length > 0) book.refresh();
      return [...touched].filter(([id]) => !index.holds.get(id)).map(([id, folder]) => ({ id, folder }));
    },
    refresh() {
      held.clear();
      for (const hold of index.holds.list()) {
        if (hold.peer !== null) continue;
        for (const path of hold.paths) held.set(keyOf({ folder: hold.folder, path }), hold.id);
      }
    },
  };
  book.refresh();
  return book;
}
