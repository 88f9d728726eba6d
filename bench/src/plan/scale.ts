/** How much of everything: the full measurement, or a quick look that takes minutes. */
export interface Scale {
  readonly quick: boolean;
  /** Single changes per kind. */
  readonly changes: number;
  /** No more single changes of one kind after this time; slow tools get fewer samples. */
  readonly changesBudgetMs: number;
  readonly burstFiles: number;
  readonly burstFolders: number;
  readonly largeBytes: number;
  readonly largeEdits: number;
  readonly movedFiles: number;
  readonly churnMs: number;
  readonly idleMs: number;
  /** Sizes of the trees that are kept idle, started cold and restarted. */
  readonly trees: readonly number[];
  readonly coldFiles: number;
  readonly missedChanges: number;
  readonly fanOuts: readonly number[];
  /** Points of the curves of growth. */
  readonly growth: {
    readonly files: readonly number[];
    readonly waiting: readonly number[];
    readonly peers: readonly number[];
  };
  /** How long trees may take to become identical after the last thing arrived (a last deletion, a rename). */
  readonly settleMs: number;
  /** Longest wait for one thing to arrive. */
  readonly deadlineMs: number;
}

const mib = 1024 * 1024;

/** The measurement that results are published from. */
export const fullScale: Scale = {
  quick: false,
  changes: 200,
  changesBudgetMs: 45_000,
  burstFiles: 10_000,
  burstFolders: 500,
  largeBytes: 99 * mib,
  largeEdits: 5,
  movedFiles: 1000,
  churnMs: 60_000,
  idleMs: 30_000,
  trees: [20_000, 100_000],
  coldFiles: 20_000,
  missedChanges: 500,
  fanOuts: [2, 4, 8, 16],
  growth: {
    files: [1000, 10_000, 50_000, 100_000],
    waiting: [0, 10_000, 50_000],
    peers: [1, 2, 4, 8, 16],
  },
  settleMs: 10_000,
  deadlineMs: 180_000,
};

/** `--quick`: the same work, smaller. */
export const quickScale: Scale = {
  quick: true,
  changes: 20,
  changesBudgetMs: 10_000,
  burstFiles: 1000,
  burstFolders: 50,
  largeBytes: 99 * mib,
  largeEdits: 2,
  movedFiles: 200,
  churnMs: 10_000,
  idleMs: 5000,
  trees: [2000],
  coldFiles: 2000,
  missedChanges: 100,
  fanOuts: [2, 4],
  growth: { files: [1000, 2000], waiting: [0, 1000], peers: [1, 2] },
  settleMs: 10_000,
  deadlineMs: 60_000,
};

/** A count as titles show it: 10,000. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}
