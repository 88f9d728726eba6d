import { createMovedDirectories } from './moved-directories.js';
import { observePaths, type Pass } from './observe-paths.js';
import type { Parts } from './parts.js';
import type { Hint, ObserveReport } from './replica.js';

const filesPerPass = 250;

/** What is learnt from the first files of a directory that was moved as a whole spares the reading of the others. */
const filesOfFirstPass = 8;

/** Observes what scans find, while they go on. */
export interface Passes {
  /** A path that is new or changed: observed in a full pass at once, else by `finish`. Resolves when its pass is done. */
  there(hint: Hint): Promise<void>;
  /** A path that is missing. */
  missing(hint: Hint): void;
  /** Observes the rest and gives the report of everything. */
  finish(): Promise<ObserveReport>;
}

/**
 * See `Passes`. One pass after the other. What is there goes first: a file that was renamed is then met under its new name before its old
 * one is missed.
 */
export function createPasses(parts: Parts): Passes {
  const done: Pass[] = [];
  const moved = createMovedDirectories(parts);
  const missing: Hint[] = [];
  let there: Hint[] = [];
  let passing: Promise<void> = Promise.resolve();
  let isFirst = true;

  async function pass(hints: readonly Hint[]): Promise<void> {
    done.push(await observePaths(parts, hints, moved));
  }

  /** What an event tells of is looked at again before its deletion is believed: the listing that missed it was the first look. */
  function isStillMissed(hint: Hint): boolean {
    return hint.live && parts.index.get(hint)?.entry.state === 'live';
  }

  return {
    async there(hint) {
      there.push(hint);
      if (there.length < (isFirst ? filesOfFirstPass : filesPerPass)) return;
      isFirst = false;
      const full = there;
      there = [];
      passing = passing.then(() => pass(full));
      await passing;
    },
    missing: (hint) => void missing.push(hint),
    async finish() {
      await passing;
      const rest = [...there, ...missing.filter(({ live }) => !live)];
      for (let at = 0; at < rest.length; at += filesPerPass) await pass(rest.slice(at, at + filesPerPass));
      return {
        recorded: done.flatMap((each) => each.recorded),
        missing: [...done.flatMap((each) => each.missing), ...missing.filter(isStillMissed)],
        changing: done.flatMap((each) => each.changing),
      };
    },
  };
}
