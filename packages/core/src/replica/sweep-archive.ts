import type { Digest } from '../model/path.js';
import type { ArchiveTidying } from '../ports/work.js';
import type { Parts } from './parts.js';

/** Objects looked up between two turns of the event loop. */
const objectsPerTurn = 500;

/**
 * Removes objects that no record names. Those whose last record was just pruned are set aside at once; those that never had one, or
 * whose index was lost, when they have lain there as long as the archive keeps anything (since `olderThanMs`): they may be
 * all that is left of a content. What was set aside is removed by the next run if still no record names it, since a commit or another
 * process may be about to record one. Gives how many were removed.
 */
export async function sweepArchive(
  parts: Parts,
  pruned: readonly Digest[],
  olderThanMs: number,
): Promise<number> {
  const { back, remove, unnamed } = await sortObjects(parts);
  const pruning = { aside: pruned, back, remove, changedBeforeMs: Number.POSITIVE_INFINITY };
  const removed = isEmpty(pruning) ? 0 : await parts.work.archiveTidy(pruning);
  const orphans = { aside: unnamed, back: [], remove: [], changedBeforeMs: olderThanMs };
  if (!isEmpty(orphans)) await parts.work.archiveTidy(orphans);
  return removed;
}

interface Sorted {
  readonly back: Digest[];
  readonly remove: Digest[];
  readonly unnamed: Digest[];
}

async function sortObjects(parts: Parts): Promise<Sorted> {
  const sorted: Sorted = { back: [], remove: [], unnamed: [] };
  for (const [at, { digest, isAside }] of (await parts.work.archiveObjects()).entries()) {
    const isNamed = parts.index.archive.has(digest);
    if (isAside) (isNamed ? sorted.back : sorted.remove).push(digest);
    else if (!isNamed) sorted.unnamed.push(digest);
    if (at % objectsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return sorted;
}

function isEmpty({ aside, back, remove }: ArchiveTidying): boolean {
  return aside.length + back.length + remove.length === 0;
}
