import type { CommitOutcome, CommitPlan } from '../ports/work.js';
import {
  advance,
  createTouched,
  blocked,
  strangerAt,
  targetIn,
  throughLink,
  touch,
  type CommitTools,
  type Step,
} from './commit-step.js';

type MovePlan = Extract<CommitPlan, { do: 'move' }>;

/**
 * Makes the directories that files are going to be moved into, and makes these durable: the only name of a content must
 * not move into a directory that a power cut could still take away.
 */
export async function prepareMoves(tools: CommitTools, steps: readonly Step[]): Promise<void> {
  const { parents, touched } = tools;
  const made = createTouched();
  for (const step of steps) {
    const { plan } = step;
    if (plan.do !== 'move') continue;
    await advance(step, async () => {
      await parents.make(plan.file, (folder, above) => {
        touched.add(folder, above);
        made.add(folder, above);
      });
      return null;
    });
  }
  for (const { folder, path } of made.take()) {
    const way = await parents.directory(folder, path);
    if (way.at === 'directory') await way.directory.sync();
  }
}

/** Renames a file within its folder: no byte is read or written. The new name must be free, the old file as expected. */
export async function carryOutMove(tools: CommitTools, plan: MovePlan): Promise<CommitOutcome> {
  const { disk, parents, touched } = tools;
  const { file, from } = plan;
  const to = await parents.make(file, touched.add);
  if (to.at === 'link') return throughLink(file);
  if (to.at !== 'directory') return blocked(file);
  const way = await parents.find(from);
  if (way.at === 'link') return throughLink(from);
  if (way.at !== 'directory') return { done: 'changed' };

  const target = targetIn(to, file);
  const source = targetIn(way, from);
  const stranger = strangerAt(from, await disk.stat(source), plan.expected);
  if (stranger !== null) return stranger;
  const before = await disk.stat(target);
  if (before !== null) return before.kind === 'file' ? { done: 'changed' } : blocked(file);
  await disk.rename(source, target);
  touch(touched, file);
  touch(touched, from);

  let after = await disk.stat(target);
  if (after !== null && (after.mode !== plan.mode || after.mtimeMs !== plan.mtimeMs)) {
    await disk.setAttributes(target, plan);
    await disk.syncFile(target);
    after = await disk.stat(target);
  }
  return { done: 'committed', stamp: after?.stamp ?? 'gone' };
}
