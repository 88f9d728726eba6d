import type { FileKey } from '@lockstep/core';

/** What was hinted lately, and where: whether a missing file went alone. */
export interface Stirs {
  /** Something may have changed at this path, spelled as the watcher did, ignored or not. */
  hint(folder: string, path: string, nowMs: number): void;
  /** This file was found missing: its hint was its deletion, and is no stir to the others. */
  missing(file: FileKey): void;
  /** True when the file's only hint of late is that of its deletion, and nothing else was hinted in its directory. */
  isAlone(file: FileKey): boolean;
}

/** Hints of one path within this time are one act, in ms. */
const oneActMs = 10;

/** A directory in which this many paths stirred counts as busy without their names. */
const mostNames = 64;

interface Stir {
  readonly firstMs: number;
  lastMs: number;
  isMissing: boolean;
}

/** The names that stirred in each directory. */
type Generation = Map<string, Map<string, Stir>>;

/**
 * Remembers hints for `spanMs` at least and twice that at most: two generations, of which the older is forgotten whole.
 * @param spanMs how long a hint counts
 */
export function createStirs(spanMs: number): Stirs {
  let current: Generation = new Map();
  let former: Generation = new Map();
  let sinceMs = Number.NEGATIVE_INFINITY;

  const age = (nowMs: number): void => {
    if (nowMs - sinceMs < spanMs) return;
    former = nowMs - sinceMs < 2 * spanMs ? current : new Map<string, Map<string, Stir>>();
    current = new Map();
    sinceMs = nowMs;
  };

  const names = (directory: string): (readonly [string, Stir])[] =>
    [former, current].flatMap((generation) => [...(generation.get(directory) ?? [])]);

  return {
    hint(folder, path, nowMs) {
      age(nowMs);
      const directory = directoryKey(folder, path);
      const stirred = current.get(directory) ?? new Map<string, Stir>();
      current.set(directory, stirred);
      const known = stirred.get(path);
      if (known !== undefined) {
        known.lastMs = nowMs;
        if (nowMs - known.firstMs > oneActMs) known.isMissing = false;
      } else if (stirred.size < mostNames) {
        stirred.set(path, { firstMs: nowMs, lastMs: nowMs, isMissing: false });
      }
    },
    missing({ folder, path }) {
      const directory = directoryKey(folder, path);
      for (const generation of [former, current]) {
        const stir = generation.get(directory)?.get(path);
        if (stir !== undefined) stir.isMissing = true;
      }
    },
    isAlone({ folder, path }) {
      const stirred = names(directoryKey(folder, path));
      const own = stirred.filter(([name]) => name === path).map(([, stir]) => stir);
      const [only] = own;
      if (only === undefined || own.length > 1 || only.lastMs - only.firstMs > oneActMs) return false;
      return stirred.length < mostNames && stirred.every(([, stir]) => stir.isMissing);
    },
  };
}

function directoryKey(folder: string, path: string): string {
  return `${folder}\0${path.slice(0, Math.max(0, path.lastIndexOf('/')))}`;
}
