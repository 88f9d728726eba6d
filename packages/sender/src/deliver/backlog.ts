import { createFifo, type Fifo } from './fifo.js';
import type { Item } from './item.js';

/**
 * How an item is to go out next. `fast`: with its bytes at once; `offer`: announced first; `want`: the peer asked for its bytes;
 * `large`: the same for a file that goes by itself, and that no other waits for.
 */
export type Way = 'fast' | 'offer' | 'want' | 'large';

type Lanes = Readonly<Record<Way, Fifo<Item>>>;

/** Items that are ready to go, by rank and way. */
export interface Backlog {
  add(item: Item, way: Way): void;
  putBack(items: readonly Item[], way: Way): void;
  /** The first rank that has items, null when there are none. */
  firstRank(): number | null;
  lane(rank: number, way: Way): Fifo<Item>;
  /** Items of one rank that higher ranks wait for. */
  countOf(rank: number): number;
  readonly length: number;
  /** Folders, and one more for deletions. */
  readonly ranks: number;
}

/** @param ranks number of folders; deletions have one rank more */
export function createBacklog(ranks: number): Backlog {
  const lanes: Lanes[] = Array.from({ length: ranks + 1 }, () => ({
    fast: createFifo<Item>(),
    offer: createFifo<Item>(),
    want: createFifo<Item>(),
    large: createFifo<Item>(),
  }));
  const last = ranks;

  const lanesOf = (rank: number): Lanes => {
    const found = lanes[Math.min(rank, last)];
    if (found === undefined)
      throw new RangeError(`There is no rank ${rank} in a backlog of ${ranks} folders.`);
    return found;
  };
  const countOf = (rank: number): number => {
    const { fast, offer, want } = lanesOf(rank);
    return fast.length + offer.length + want.length;
  };

  return {
    add: (item, way) => lanesOf(item.rank)[way].push(item),
    putBack(items, way) {
      for (let rank = 0; rank <= last; rank += 1) {
        lanesOf(rank)[way].putBack(items.filter((item) => item.rank === rank));
      }
    },
    firstRank() {
      for (let rank = 0; rank <= last; rank += 1) {
        if (countOf(rank) + lanesOf(rank).large.length > 0) return rank;
      }
      return null;
    },
    lane: (rank, way) => lanesOf(rank)[way],
    countOf,
    get length() {
      let length = 0;
      for (let rank = 0; rank <= last; rank += 1) length += countOf(rank) + lanesOf(rank).large.length;
      return length;
    },
    ranks: ranks + 1,
  };
}
