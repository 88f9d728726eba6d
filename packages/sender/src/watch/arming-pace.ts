import type { Clock } from '@lockstep/core';

/** Directories of one listing that are armed at once. */
const mostUnderWay = 16;

/** When none of them was done for so long, in ms, they are taken for lost: a pace must not keep anything from being armed. */
const longestWaitMs = 1_000;

/**
 * Keeps the listing of a directory back while many of the directories that it named are still being armed. Each directory under way holds a
 * stream, a timer and promises; those of a tree with 5,000 directories, all at once, make the heap of the host app larger for good. The
 * limit is per directory, since one of all would let the directories above wait for those below them and the other way round.
 */
export interface ArmingPace {
  /** Resolves when there is room for another child of this directory. */
  room(parent: string): Promise<void>;
  /** A child is to be armed now. */
  begin(parent: string, child: string): void;
  /** It is armed, or never will be. */
  done(child: string): void;
}

interface Listing {
  readonly underWay: Set<string>;
  resume: () => void;
}

/** See `ArmingPace`. */
export function createArmingPace(clock: Clock): ArmingPace {
  const listings = new Map<string, Listing>();
  const parents = new Map<string, string>();

  function forget({ underWay }: Listing): void {
    for (const child of underWay) parents.delete(child);
    underWay.clear();
  }

  /** Resolves when one of them is done. */
  function oneLess(listing: Listing): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(longestWaitMs, () => {
        forget(listing);
        resolve();
      });
      listing.resume = () => {
        cancel();
        resolve();
      };
    });
  }

  return {
    async room(parent) {
      for (;;) {
        const listing = listings.get(parent);
        if (listing === undefined || listing.underWay.size < mostUnderWay) return;
        await oneLess(listing);
      }
    },
    begin(parent, child) {
      const listing = listings.get(parent) ?? { underWay: new Set(), resume: () => undefined };
      listings.set(parent, listing);
      listing.underWay.add(child);
      parents.set(child, parent);
    },
    done(child) {
      const parent = parents.get(child);
      const listing = listings.get(parent ?? '');
      if (parent === undefined || listing === undefined) return;
      parents.delete(child);
      listing.underWay.delete(child);
      if (listing.underWay.size === 0) listings.delete(parent);
      listing.resume();
    },
  };
}
