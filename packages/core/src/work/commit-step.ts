import type { Stamp } from '../model/entry.js';
import type { FileKey } from '../model/path.js';
import type { Disk, DiskStat } from '../ports/disk.js';
import type { CommitOutcome, CommitPlan } from '../ports/work.js';
import type { Archive } from './archive.js';
import type { Parents, Way } from './parents.js';
import { directoryOf, nameOf } from './places.js';
import { problemOf } from './problem.js';
import type { Staging } from './staging.js';

/** One plan on its way; `outcome` is null until it is settled. */
export interface Step {
  readonly plan: CommitPlan;
  outcome: CommitOutcome | null;
  /** What the target must look like at the last moment: `expected`, or its stamp after the archive took a link of it. */
  current: Stamp | null;
}

/** What every phase of a commit needs. */
export interface CommitTools {
  readonly disk: Disk;
  readonly parents: Parents;
  readonly staging: Staging;
  readonly archive: Archive;
  readonly touched: Touched;
  readonly breathe: (costMicros: number) => Promise<void>;
}

/** The directories in which names changed since the last flush, each once. */
export interface Touched {
  readonly add: (folder: string, directory: string) => void;
  /** Gives them and begins anew. */
  readonly take: () => readonly { readonly folder: string; readonly path: string }[];
}

/** See `Touched`. */
export function createTouched(): Touched {
  const directories = new Map<string, { folder: string; path: string }>();
  return {
    add: (folder, path) => void directories.set(`${folder}\0${path}`, { folder, path }),
    take: () => {
      const taken = [...directories.values()];
      directories.clear();
      return taken;
    },
  };
}

/** The target of a plan. */
export function targetIn(way: Extract<Way, { at: 'directory' }>, file: FileKey): string {
  return `${way.directory.path}/${nameOf(file.path)}`;
}

/** Notes that a name changed in the directory of this file. */
export function touch(touched: Touched, file: FileKey): void {
  touched.add(file.folder, directoryOf(file.path));
}

/** The outcome for a target behind a link, or one that is a link itself: it is left as it is. */
export function throughLink(file: FileKey): CommitOutcome {
  const message = `Refused to work on "${file.path}" through a symbolic link: replace the link by a real folder or file.`;
  return { done: 'failed', code: 'PATH_THROUGH_LINK', message };
}

/** The outcome for a target whose name is taken by something that is no file. */
export function blocked(file: FileKey): CommitOutcome {
  const message = `Found no room for "${file.path}": a file stands where a folder is needed, or the reverse; move it away.`;
  return { done: 'failed', code: 'PATH_BLOCKED', message };
}

/** Runs one phase of one plan, whose failure becomes the plan's outcome. A step that is settled is passed by. */
export async function advance(step: Step, phase: () => Promise<CommitOutcome | null>): Promise<void> {
  if (step.outcome !== null) return;
  try {
    step.outcome = await phase();
  } catch (error) {
    const problem = problemOf(error);
    // Something vanished between two steps: the disk is not what the index says.
    step.outcome = problem.code === 'NOT_FOUND' ? { done: 'changed' } : { done: 'failed', ...problem };
  }
}

/** What stands at a target that should be the file of the index row; null when it is that file. */
export function strangerAt(
  file: FileKey,
  stat: DiskStat | null,
  current: Stamp | null,
): CommitOutcome | null {
  if (stat?.kind === 'symlink') return throughLink(file);
  return stat?.kind === 'file' && stat.stamp === current ? null : { done: 'changed' };
}
