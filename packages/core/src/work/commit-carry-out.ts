import { isSyncError } from '../model/error.js';
import type { Stamp } from '../model/entry.js';
import type { CommitOutcome, CommitPlan } from '../ports/work.js';
import {
  blocked,
  strangerAt,
  targetIn,
  throughLink,
  touch,
  type CommitTools,
  type Step,
} from './commit-step.js';

type WritePlan = Extract<CommitPlan, { do: 'write' }>;
type DeletePlan = Extract<CommitPlan, { do: 'delete' }>;
type TouchPlan = Extract<CommitPlan, { do: 'touch' }>;

/**
 * Moves a staged file to its target, making parents. Readers see the old file or the new one. A parent that vanished in
 * between (a deletion beside us emptied it) is made once more.
 */
export async function carryOutWrite(tools: CommitTools, step: Step, plan: WritePlan): Promise<CommitOutcome> {
  try {
    return await writeOnce(tools, step, plan);
  } catch (error) {
    if (!isSyncError(error, 'NOT_FOUND')) throw error;
    await tools.parents.close();
    return writeOnce(tools, step, plan);
  }
}

async function writeOnce(tools: CommitTools, step: Step, plan: WritePlan): Promise<CommitOutcome> {
  const { parents, staging, touched } = tools;
  const { file } = plan;
  const way = await parents.make(file, touched.add);
  if (way.at === 'link') return throughLink(file);
  if (way.at !== 'directory') return blocked(file);
  const target = targetIn(way, file);
  const staged = staging.pathOf(plan.staged);
  const stranger = await moveTo(tools, step, plan, staged, target);
  if (stranger !== null) return stranger;
  touch(touched, file);
  return { done: 'committed', stamp: await stampOfWritten(tools, plan, target) };
}

/** Moves it there; gives the outcome when something else stands there than the index says. */
async function moveTo(
  tools: CommitTools,
  step: Step,
  plan: WritePlan,
  staged: string,
  target: string,
): Promise<CommitOutcome | null> {
  const { disk } = tools;
  if (plan.expected === null) {
    if (await moveToFreeName(tools, staged, target)) return null;
    const stat = await disk.stat(target);
    if (stat?.kind === 'symlink') return throughLink(plan.file);
    return stat === null || stat.kind === 'file' ? { done: 'changed' } : blocked(plan.file);
  }
  const stranger = strangerAt(plan.file, await disk.stat(target), step.current);
  if (stranger === null) await disk.rename(staged, target);
  return stranger;
}

/** A link cannot replace a file that somebody made in this very moment, as a rename would. False when one is there. */
async function moveToFreeName({ disk }: CommitTools, staged: string, target: string): Promise<boolean> {
  try {
    await disk.link(staged, target);
  } catch (error) {
    if (isSyncError(error, 'PATH_BLOCKED')) return false;
    if (!isSyncError(error, 'STORAGE_FAILED') && !isSyncError(error, 'NOT_PERMITTED')) throw error;
    // A file system without hard links.
    if ((await disk.stat(target)) !== null) return false;
    await disk.rename(staged, target);
    return true;
  }
  await disk.unlink(staged);
  return true;
}

/** The stamp for the index row: one that no scan will find when somebody has written to the file already. */
async function stampOfWritten({ disk }: CommitTools, plan: WritePlan, target: string): Promise<Stamp> {
  const stat = await disk.stat(target);
  if (stat === null) return 'gone';
  const ours = stat.size === plan.staged.size && stat.mtimeMs === plan.mtimeMs;
  return ours ? stat.stamp : `not ${stat.stamp}`;
}

/** Removes the target, whose content the archive has by now. A target that is absent as expected is a success. */
export async function carryOutDelete(
  tools: CommitTools,
  step: Step,
  plan: DeletePlan,
): Promise<CommitOutcome> {
  const { disk, parents, touched } = tools;
  const way = await parents.find(plan.file);
  if (way.at === 'link') return throughLink(plan.file);
  const stat = way.at === 'directory' ? await disk.stat(targetIn(way, plan.file)) : null;
  if (plan.expected === null) {
    return stat === null || stat.kind === 'directory'
      ? { done: 'committed', stamp: null }
      : { done: 'changed' };
  }
  const stranger = strangerAt(plan.file, stat, step.current);
  if (stranger !== null || way.at !== 'directory') return stranger ?? { done: 'changed' };
  await disk.unlink(targetIn(way, plan.file));
  touch(touched, plan.file);
  return { done: 'committed', stamp: null };
}

/** Changes mode and mtime of a file that is otherwise as expected. */
export async function carryOutTouch(tools: CommitTools, step: Step, plan: TouchPlan): Promise<CommitOutcome> {
  const { disk, parents } = tools;
  const way = await parents.find(plan.file);
  if (way.at === 'link') return throughLink(plan.file);
  if (way.at !== 'directory') return { done: 'changed' };
  const target = targetIn(way, plan.file);
  const before = await disk.stat(target);
  const stranger = strangerAt(plan.file, before, step.current);
  if (stranger !== null) return stranger;
  await disk.setAttributes(target, plan);
  const after = await disk.stat(target);
  if (after === null || after.inode !== before?.inode || after.size !== before.size)
    return { done: 'changed' };
  await disk.syncFile(target);
  return { done: 'committed', stamp: after.stamp };
}
