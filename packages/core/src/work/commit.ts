import type { FileKey } from '../model/path.js';
import type { Disk } from '../ports/disk.js';
import type { CommitOutcome, CommitPlan } from '../ports/work.js';
import type { Archive } from './archive.js';
import { createBreather } from './breather.js';
import { carryOutDelete, carryOutTouch, carryOutWrite } from './commit-carry-out.js';
import { carryOutMove, prepareMoves } from './commit-move.js';
import { archiveOld, prepareStaged } from './commit-prepare.js';
import { advance, createTouched, targetIn, type CommitTools, type Step } from './commit-step.js';
import { flushDirectories, removeEmptyParents } from './commit-tidy.js';
import { removeEmptyDirectories } from './empty-directories.js';
import { createParents } from './parents.js';
import { directoryOf, type PlaceOf } from './places.js';
import type { Staging } from './staging.js';

/** Plans that share one round of flushes. */
const batchSize = 250;

/** What a commit works with. */
export interface CommitContext {
  readonly disk: Disk;
  readonly placeOf: PlaceOf;
  readonly staging: Staging;
  readonly archive: Archive;
}

/** Carries out plans: see `Work.commit`. */
export async function commitPlans(
  context: CommitContext,
  plans: readonly CommitPlan[],
): Promise<CommitOutcome[]> {
  const outcomes: CommitOutcome[] = [];
  for (let from = 0; from < plans.length; from += batchSize) {
    outcomes.push(...(await commitBatch(context, plans.slice(from, from + batchSize))));
  }
  return outcomes;
}

/**
 * The order makes a crash harmless: content durable, then the old one durable in the archive, then the renames, then
 * their directories. See "Order of work on the receiver" in docs/architecture.md.
 */
async function commitBatch(context: CommitContext, plans: readonly CommitPlan[]): Promise<CommitOutcome[]> {
  const parents = createParents(context.disk, context.placeOf);
  const tools: CommitTools = { ...context, parents, touched: createTouched(), breathe: createBreather() };
  const steps = plans.map((plan): Step => {
    return { plan, outcome: null, current: plan.do === 'archive' ? null : plan.expected };
  });
  try {
    await prepareStaged(tools, steps);
    await archiveOld(tools, steps);
    await prepareMoves(tools, steps);
    await carryOut(tools, steps, ['move', 'write', 'touch']);
    await carryOut(tools, steps, ['delete']);
    // A moved file is in its new place before its old directory goes.
    if (plans.some((plan) => plan.do === 'move')) await flushDirectories(tools, steps);
    await tidy(tools, steps);
    await retryBlocked(tools, steps);
    await flushDirectories(tools, steps);
  } finally {
    await parents.close();
  }
  return steps.map(({ outcome }) => outcome ?? { done: 'changed' });
}

async function carryOut(
  tools: CommitTools,
  steps: readonly Step[],
  kinds: readonly CommitPlan['do'][],
): Promise<void> {
  for (const step of steps) {
    const { plan } = step;
    if (!kinds.includes(plan.do)) continue;
    await advance(step, () => carryOutOne(tools, step));
    await tools.breathe(80);
  }
}

/** Removes the directories that deletions and moves left empty. */
async function tidy(tools: CommitTools, steps: readonly Step[]): Promise<void> {
  for (const { file, keptParents } of leftFiles(steps)) await removeEmptyParents(tools, file, keptParents);
}

/** Files that are gone, one of each directory. */
function leftFiles(
  steps: readonly Step[],
): Iterable<{ readonly file: FileKey; readonly keptParents: number }> {
  const left = new Map<string, { readonly file: FileKey; readonly keptParents: number }>();
  for (const { plan, outcome } of steps) {
    if (outcome?.done !== 'committed' || (plan.do !== 'delete' && plan.do !== 'move')) continue;
    const file = plan.do === 'move' ? plan.from : plan.file;
    const { keptParents } = plan;
    left.set(`${keptParents}\0${file.folder}\0${directoryOf(file.path)}`, { file, keptParents });
  }
  return left.values();
}

async function carryOutOne(tools: CommitTools, step: Step): Promise<CommitOutcome | null> {
  const { plan } = step;
  switch (plan.do) {
    case 'write':
      return carryOutWrite(tools, step, plan);
    case 'delete':
      return carryOutDelete(tools, step, plan);
    case 'move':
      return carryOutMove(tools, plan);
    case 'touch':
      return carryOutTouch(tools, step, plan);
    case 'archive':
      return step.outcome;
  }
}

/** A file that became a folder, or a folder that became a file, finds its place once the batch's deletions are done. */
async function retryBlocked(tools: CommitTools, steps: readonly Step[]): Promise<void> {
  const deleted = steps.some(({ plan }) => plan.do === 'delete');
  for (const step of steps) {
    const { outcome, plan } = step;
    if (plan.do !== 'write' && plan.do !== 'move') continue;
    if (outcome?.done !== 'failed' || outcome.code !== 'PATH_BLOCKED') continue;
    if (!(await giveUpDirectory(tools, plan.file)) && !deleted) continue;
    step.outcome = null;
    await advance(step, () => carryOutOne(tools, step));
  }
}

/** Makes room for a file where a directory without files stands. */
async function giveUpDirectory(tools: CommitTools, file: FileKey): Promise<boolean> {
  const way = await tools.parents.find(file);
  if (way.at !== 'directory') return false;
  const removed = await removeEmptyDirectories(tools.disk, targetIn(way, file));
  // What was removed may be held open.
  if (removed) await tools.parents.close();
  return removed;
}
