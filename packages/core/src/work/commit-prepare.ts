import { SyncError, isSyncError } from '../model/error.js';
import type { DiskWriter } from '../ports/disk.js';
import type { CommitOutcome, CommitPlan } from '../ports/work.js';
import { advance, strangerAt, targetIn, throughLink, type CommitTools, type Step } from './commit-step.js';
import { trying } from './problem.js';

/** Staged files held open at once. */
const groupSize = 128;

/** Flushes that run side by side: as many as the disk runs at once. */
const flushesAtOnce = 3;

type StagedPlan = Extract<CommitPlan, { do: 'write' | 'archive' }>;

/**
 * Gives the staged files mode and mtime and makes their content durable, many at a time: the kernel merges flushes that
 * run side by side, which is worth half the time against one after the other.
 */
export async function prepareStaged(tools: CommitTools, steps: readonly Step[]): Promise<void> {
  for (let from = 0; from < steps.length; from += groupSize) {
    const group = steps.slice(from, from + groupSize);
    const writers = new Map<Step, DiskWriter>();
    try {
      for (const step of group) {
        const { plan } = step;
        if (plan.do !== 'write' && plan.do !== 'archive') continue;
        await advance(step, () => openStaged(tools, step, plan, writers));
      }
      const queue = writers.entries();
      await Promise.all(Array.from({ length: flushesAtOnce }, () => flushNext(queue)));
    } finally {
      for (const writer of writers.values()) await writer.close();
    }
    await tools.breathe(30 * group.length);
  }
}

async function openStaged(
  tools: CommitTools,
  step: Step,
  plan: StagedPlan,
  writers: Map<Step, DiskWriter>,
): Promise<null> {
  try {
    const writer = await tools.disk.openAppend(tools.staging.pathOf(plan.staged));
    writers.set(step, writer);
    if (plan.do === 'write') await writer.setAttributes(plan);
    return null;
  } catch (error) {
    if (!isSyncError(error, 'NOT_FOUND')) throw error;
    const name = plan.staged.name;
    throw new SyncError(
      'CONTENT_MISSING',
      `Looked for the staged file "${name}", which is gone: it is to be sent again.`,
      {
        cause: error,
      },
    );
  }
}

async function flushNext(queue: Iterator<[Step, DiskWriter]>): Promise<void> {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const [step, writer] = next.value;
    await advance(step, () => writer.sync().then(() => null));
  }
}

/**
 * Links what is going to be replaced or deleted into the archive, and moves a conflict's losing bytes there. Only then
 * may the first rename follow: a power cut at any point leaves the old content in the tree or in the archive.
 */
export async function archiveOld(tools: CommitTools, steps: readonly Step[]): Promise<void> {
  let used = false;
  for (const step of steps) {
    const { plan } = step;
    await advance(step, async () => {
      if (plan.do === 'archive') {
        used = true;
        return archiveStaged(tools, plan);
      }
      if (plan.do === 'touch' || plan.do === 'move') return null;
      if (plan.archiveOld === null || plan.expected === null) return null;
      used = true;
      return keepOld(tools, step, plan);
    });
    await tools.breathe(30);
  }
  if (!used) return;
  const failure = await trying(
    () => tools.archive.sync().then(() => null),
    (problem): CommitOutcome => ({ done: 'failed', ...problem }),
  );
  if (failure === null) return;
  for (const step of steps) if (step.plan.do !== 'touch' && step.plan.do !== 'move') step.outcome = failure;
}

async function archiveStaged(
  tools: CommitTools,
  plan: Extract<CommitPlan, { do: 'archive' }>,
): Promise<CommitOutcome> {
  const { staged } = plan;
  await tools.archive.take(tools.staging.pathOf(staged), staged.digest, staged.size);
  return { done: 'committed', stamp: null };
}

async function keepOld(
  tools: CommitTools,
  step: Step,
  plan: Extract<CommitPlan, { do: 'write' | 'delete' }>,
): Promise<CommitOutcome | null> {
  if (plan.archiveOld === null) return null;
  const { disk, parents, archive } = tools;
  const way = await parents.find(plan.file);
  if (way.at === 'link') return throughLink(plan.file);
  if (way.at !== 'directory') return { done: 'changed' };
  const target = targetIn(way, plan.file);
  const before = await disk.stat(target);
  const stranger = strangerAt(plan.file, before, plan.expected);
  if (stranger !== null || before === null) return stranger;
  try {
    await archive.keep(target, plan.archiveOld, before);
  } catch (error) {
    if (isSyncError(error, 'NOT_FOUND')) return { done: 'changed' };
    throw error;
  }
  // The link changed the file's ctime, and with it the stamp.
  const after = await disk.stat(target);
  if (after === null || after.inode !== before.inode || after.size !== before.size)
    return { done: 'changed' };
  if (after.mtimeMs !== before.mtimeMs) return { done: 'changed' };
  step.current = after.stamp;
  return null;
}
