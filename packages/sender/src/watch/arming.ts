import type { Clock } from '@lockstep/core';
import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The clock of a file system may stand still this long, in ms: a change within it leaves the time of a directory as it was. */
const coarseMs = 20;

/** Names of one directory that are remembered; of more, the directory stands for them all. */
const mostNames = 256;

/** Follows each directory from when it is heard of until it is armed: what happens in it meanwhile is told by nobody. */
export interface Arming {
  /** Something happened to this name in an armed directory: it may be a new directory. */
  stirred(path: string): void;
  /** The directory is about to be listed; the function it gives is to be called when all of it was. */
  listing(directory: string): () => void;
  /** A listing met this directory, so that it will be armed. */
  found(directory: string): void;
  /**
   * Events of the directory are heard from now on. Gives true when something may have happened in it after its listing began: a
   * directory that was made then would never be armed.
   */
  armed(directory: string): boolean;
  forget(directory: string): void;
  /** Directories in which something may have happened unheard. */
  unarmed(): readonly string[];
  /** Directories of which something is remembered. */
  readonly size: number;
}

interface Listed {
  readonly atMs: number;
  readonly mtimeNs: bigint;
}

/** @param isArmed whether events of a directory are heard */
export function createArming(clock: Clock, isArmed: (directory: string) => boolean): Arming {
  const stirred = new Map<string, Set<string>>();
  /** What stirred before the listing that is under way. */
  const beingListed = new Map<string, Set<string>>();
  const awaited = new Set<string>();
  const listed = new Map<string, Listed>();

  return {
    stirred(path) {
      const directory = dirname(path);
      const names = stirred.get(directory) ?? new Set<string>();
      stirred.set(directory, names);
      if (names.size < mostNames) names.add(basename(path));
    },
    listing(directory) {
      const names = stirred.get(directory) ?? new Set();
      stirred.delete(directory);
      beingListed.set(directory, names);
      const mtimeNs = isArmed(directory) ? null : mtimeOf(directory);
      // One that was deleted is listed a last time, and never armed.
      if (mtimeNs === null) listed.delete(directory);
      else listed.set(directory, { atMs: clock.now(), mtimeNs });
      return () => {
        if (beingListed.get(directory) === names) beingListed.delete(directory);
      };
    },
    found(directory) {
      if (!isArmed(directory)) awaited.add(directory);
    },
    armed(directory) {
      awaited.delete(directory);
      const before = listed.get(directory);
      listed.delete(directory);
      const mtimeNs = mtimeOf(directory);
      if (before === undefined || before.mtimeNs !== mtimeNs) return true;
      return before.atMs - Number(mtimeNs / 1_000_000n) < coarseMs;
    },
    forget(directory) {
      stirred.delete(directory);
      beingListed.delete(directory);
      awaited.delete(directory);
      listed.delete(directory);
    },
    unarmed() {
      for (const directory of awaited) if (mtimeOf(directory) === null) awaited.delete(directory);
      const places = [...stirred, ...beingListed];
      const crowded = places.filter(([, names]) => names.size === mostNames).map(([directory]) => directory);
      const named = places.flatMap(([directory, names]) => [...names].map((name) => join(directory, name)));
      const isUnheard = (path: string): boolean => !isArmed(path) && mtimeOf(path) !== null;
      return [...new Set([...crowded, ...[...awaited, ...named].filter(isUnheard)])];
    },
    get size() {
      return new Set([...stirred.keys(), ...beingListed.keys(), ...awaited, ...listed.keys()]).size;
    },
  };
}

/** When names in this directory changed; null when it is none, or gone. Synchronous, since it is answered from memory. */
function mtimeOf(directory: string): bigint | null {
  try {
    const stats = lstatSync(directory, { bigint: true, throwIfNoEntry: false });
    return stats?.isDirectory() === true ? stats.mtimeNs : null;
  } catch {
    return null; // A file stands in its way, or it is closed to us: there is nothing to hear.
  }
}
