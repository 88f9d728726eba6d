import { isSyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { CommitTools, Step } from './commit-step.js';
import { depthOf, directoryOf, nameOf } from './places.js';
import { problemOf } from './problem.js';

/** Removes the directories that a deletion left empty, deeper than those that still stood where it was made. */
export async function removeEmptyParents(
  tools: CommitTools,
  { folder, path }: FileKey,
  keptParents: number,
): Promise<void> {
  let directory = directoryOf(path);
  let removed = false;
  while (directory !== '' && depthOf(directory) + 1 > keptParents) {
    const above = directoryOf(directory);
    const way = await tools.parents.directory(folder, above);
    if (
      way.at === 'directory' &&
      (await removeIfEmpty(tools, `${way.directory.path}/${nameOf(directory)}`))
    ) {
      tools.touched.add(folder, above);
      removed = true;
    }
    directory = above;
  }
  // What was removed may be held open.
  if (removed) await tools.parents.close();
}

/** A directory that cannot be removed stays: it does no harm. */
async function removeIfEmpty({ disk }: CommitTools, path: string): Promise<boolean> {
  try {
    return await disk.rmdir(path);
  } catch (error) {
    if (isSyncError(error)) return false;
    throw error;
  }
}

/** Makes every change of a name durable. When a flush fails nothing in the batch may be called durable. */
export async function flushDirectories(tools: CommitTools, steps: readonly Step[]): Promise<void> {
  try {
    for (const { folder, path } of tools.touched.take()) {
      const way = await tools.parents.directory(folder, path);
      if (way.at === 'directory') await way.directory.sync();
    }
  } catch (error) {
    const problem = problemOf(error);
    for (const step of steps)
      if (step.outcome?.done === 'committed') step.outcome = { done: 'failed', ...problem };
  }
}
