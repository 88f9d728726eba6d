import type { Rival } from '../rivals/rival.js';
import { fullScale, type Scale } from './scale.js';
import type { Workload } from './stage.js';

/** One workload with one tool. */
export interface Run {
  readonly workload: Workload;
  readonly rival: Rival;
}

/** `--final`: every row at the sizes of the full measurement, fewer repetitions, each tool where it says something. */
export const finalScale: Scale = {
  ...fullScale,
  changes: 100,
  changesBudgetMs: 15_000,
  largeEdits: 3,
  // 100,000 files take longer to lay out than to measure: `--workloads idle,restart` does that.
  trees: [20_000],
  idleMs: 20_000,
  // Curves take long: `--workloads growth` draws them.
  growth: { files: [], waiting: [], peers: [] },
  deadlineMs: 60_000,
};

/** How long `--final` goes on beginning runs, in minutes; the last one may take two more. */
export const finalMinutes = 32;

const ours = ['lockstep'];
const best = ['lockstep', 'lsyncd-fast'];
const fast = ['lockstep', 'lsyncd-fast', 'rsync-loop-os'];
const twoWay = ['lockstep-fsync', 'syncthing-fast-fsync', 'unison'];

/** Rows and their tools by the beginnings of their ids, the most telling first: what does not fit into the time is at the end. */
const rows: readonly (readonly [workload: string, rivals: readonly string[]])[] = [
  ['single-write', [...fast, 'syncthing-fast-fsync', 'unison', 'csync2', 'raw-copy']],
  ['burst', [...fast, 'raw-copy']],
  ['large', best],
  ['folder-rename', best],
  ['real-tree', [...fast, 'raw-copy']],
  ['churn', ['lockstep', 'lsyncd-fast-os']],
  ['cold-start', fast],
  ['catch-up', fast],
  ['single-overwrite', best],
  ['single-delete', best],
  ['single-rename', best],
  ['single-atomic-save', best],
  ['slow-link', best],
  ['thin-link', fast],
  ['fan-out-2', best],
  ['fan-out-4', best],
  ['fan-out-8', ['lockstep-fsync', 'lsyncd-fast-fsync']],
  ['fan-out-16', ['lockstep-fsync', 'lsyncd-fast-fsync']],
  ['idle', ['lockstep-fsync', 'lsyncd-fast-os', 'bare-app']],
  ['restart', ['lockstep-fsync', 'lsyncd-fast-fsync', 'rsync-loop-os']],
  ['event-loop', ours],
  ['two-way-churn', twoWay],
];

/** The runs of `--final` among these workloads and tools, in its order; each once, and only where the tool can do the work. */
export function finalRuns(workloads: readonly Workload[], rivals: readonly Rival[]): readonly Run[] {
  const begins = (id: string, prefixes: readonly string[]): boolean =>
    prefixes.some((prefix) => id.startsWith(prefix));
  return rows.flatMap(([row, tools]) =>
    workloads
      .filter(({ id }) => id === row || id.startsWith(`${row}-`))
      .flatMap((workload) =>
        rivals
          .filter((rival) => begins(rival.id, tools) && workload.suits(rival))
          .map((rival) => ({ workload, rival })),
      ),
  );
}

/** Every workload with every tool that can do it, workload by workload. */
export function allRuns(workloads: readonly Workload[], rivals: readonly Rival[]): readonly Run[] {
  return workloads.flatMap((workload) =>
    rivals.filter((rival) => workload.suits(rival)).map((rival) => ({ workload, rival })),
  );
}
