import type { SeededRandom } from '@lockstep/core/testing';
import { createSeededRandom } from '@lockstep/core/testing';

/** How cruel one run is: drawn from the seed, so that every kind of trouble also appears alone and in every company. */
export interface Plan {
  readonly seed: string;
  readonly nodes: readonly string[];
  readonly actions: number;
  /** Paths that the user works with; some are a file at one time and a folder at another. */
  readonly paths: readonly string[];
  /**
   * True when users only save, every time something new, and only some faults strike: then an old content must never win against
   * one whose writer had seen it. (Where files are deleted too, a file may come back: it beats a deletion beside it.)
   */
  readonly isStrict: boolean;
  /**
   * True when the users of one of two strict servers delete as well. What came from the other, and was set aside here before a user of
   * this one changed or deleted the file, must not come back then. Only that: what this server wrote itself may, if it won on the
   * other meanwhile, since a file beats a deletion beside it.
   */
  readonly removes: boolean;
  /** False when indexes are never compared: what then arrives, the delivery alone has brought. */
  readonly compares: boolean;
  /** Mean pause between two actions, in ms. */
  readonly pauseMs: number;
  /** Share of disk steps that wait while others go on. */
  readonly waitChance: number;
  readonly network: NetworkPlan;
  /** Share of watcher hints that never come. */
  readonly hintLoss: number;
  /** How often each fault strikes. */
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
}

export interface NetworkPlan {
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly duplicates: number;
  readonly maxDelayMs: number;
  readonly slow: number;
  /** Share of contents that arrive with a byte changed. */
  readonly damage: number;
}

/** What happens to servers. */
export type Fault =
  | 'kill'
  | 'power-cut'
  | 'skew'
  | 'full-disk'
  | 'partition'
  | 'index-lost'
  | 'state-restored'
  | 'machine-restored'
  | 'wiped'
  | 'maintain'
  | 'unreadable';

/** In the order in which they are drawn. */
export const allFaults: readonly Fault[] = [
  'kill',
  'power-cut',
  'skew',
  'full-disk',
  'partition',
  'index-lost',
  'state-restored',
  'machine-restored',
  'wiped',
  'maintain',
  'unreadable',
];

const mostOf: Readonly<Record<Fault, number>> = {
  kill: 8,
  'power-cut': 8,
  skew: 3,
  'full-disk': 2,
  partition: 3,
  'index-lost': 1,
  'state-restored': 1,
  'machine-restored': 1,
  wiped: 1,
  maintain: 2,
  unreadable: 3,
};

/** Rare ones, since they forgive much. */
const rare: ReadonlySet<Fault> = new Set<Fault>([
  'index-lost',
  'state-restored',
  'machine-restored',
  'wiped',
]);

/**
 * What may strike while an old content must never win. A crash may make a server observe as its own edit what a peer wrote; when
 * that was written is known from its mtime then, and clocks that were set in between would speak against it.
 */
const strictFaults: readonly { readonly faults: ReadonlySet<Fault>; readonly removes: boolean }[] = [
  { faults: new Set(['partition', 'maintain', 'kill', 'power-cut']), removes: false },
  { faults: new Set(['partition', 'maintain', 'skew']), removes: true },
  { faults: new Set(['partition', 'maintain', 'skew', 'unreadable']), removes: false },
  { faults: new Set(['partition', 'maintain', 'kill', 'power-cut']), removes: false },
  { faults: new Set(['partition', 'maintain', 'skew']), removes: true },
];

const crashes: ReadonlySet<Fault> = new Set<Fault>(['kill', 'power-cut']);

const filesOnly = ['a.txt', 'b.txt', 'd/x.txt', 'd/y.txt', 'e/f/z.txt'];
const allPaths = [
  'a.txt',
  'b.txt',
  'd/x.txt',
  'd/y.txt',
  'd',
  'e/f/z.txt',
  'e/f',
  'c.txt',
  'e/g.txt',
  'h/i.txt',
];

/** The plan of a seed. */
export function makePlan(seed: string): Plan {
  const random = createSeededRandom(seed).fork('plan');
  const isOn = (chance: number): boolean => random.chance(chance);
  const share = (chance: number, most: number): number => (isOn(chance) ? random.fraction() * most : 0);
  const isStrict = isOn(0.55);
  const strict = random.pick(strictFaults);
  const removes = isStrict && strict.removes;
  const nodes = ['a', 'b', 'c', 'd'].slice(0, removes ? 2 : 2 + random.below(3));
  const times = (fault: Fault): number => {
    if (isStrict && !strict.faults.has(fault)) return 0;
    // A crash shows only when what it spoilt is not overwritten afterwards.
    if (isStrict && crashes.has(fault)) return 3 + random.below(8);
    // Only what is late on one way shows whether a deletion beats what had lost before it.
    return removes && fault === 'partition' ? 2 + random.below(6) : timesOf(random, fault, mostOf[fault]);
  };
  const paths = isStrict ? filesOnly : allPaths;
  const faults = Object.fromEntries(allFaults.map((fault) => [fault, times(fault)]));
  const needsComparing = [...rare].some((fault) => (faults[fault] ?? 0) > 0);
  return {
    seed,
    nodes,
    actions: 20 + random.below(60),
    isStrict,
    removes,
    // One path where all may be deleted: two that go together empty the folder, which is held.
    paths: paths.slice(0, removes ? 1 : 1 + random.below(random.pick([2, paths.length]))),
    // Deletions are decided against what is under way at that moment.
    pauseMs: random.pick(removes ? [20, 150] : [20, 150, 600, 2_000]),
    waitChance: random.pick([0, 0.05, 0.2, 0.5]),
    network: {
      lossBefore: share(0.5, 0.3),
      lossAfter: share(0.5, 0.3),
      duplicates: share(0.5, 0.3),
      maxDelayMs: random.pick(removes ? [200] : [2, 20, 200]),
      slow: share(0.3, 0.2),
      damage: share(0.3, 0.2),
    },
    hintLoss: share(0.4, 0.5),
    faults,
    compares: needsComparing || isOn(0.5),
  };
}

function timesOf(random: SeededRandom, fault: Fault, most: number): number {
  const isOn = random.chance(rare.has(fault) ? 0.08 : 0.4);
  return isOn ? 1 + random.below(most) : 0;
}
