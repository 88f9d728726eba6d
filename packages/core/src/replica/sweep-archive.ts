import type { ArchiveObject } from '../ports/work.js';
import type { Parts } from './parts.js';

/** A commit links an object first and records it at once; an object without a record for so long will have none. */
const orphanMs = 3_600_000;

/** Objects looked up between two turns of the event loop. */
const objectsPerTurn = 500;

/**
 * Removes objects that no record names: a crash between the link and the transaction leaves them, and they would count toward no
 * bound. First they are set aside, and removed by the next run if still no record names them, since another process may be about to
 * record one. Gives how many were removed.
 */
export async function sweepArchive(parts: Parts): Promise<number> {
  const objects = await parts.work.archiveObjects();
  const aside: ArchiveObject[] = [];
  const back: ArchiveObject[] = [];
  const remove: ArchiveObject[] = [];
  for (const [at, object] of objects.entries()) {
    const isNamed = parts.index.archive.has(object.digest);
    if (object.isAside) (isNamed ? back : remove).push(object);
    else if (!isNamed) aside.push(object);
    if (at % objectsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (aside.length + back.length + remove.length === 0) return 0;
  const digests = (of: readonly ArchiveObject[]) => of.map(({ digest }) => digest);
  return parts.work.archiveTidy({
    ...{ aside: digests(aside), back: digests(back), remove: digests(remove) },
    changedBeforeMs: parts.clock.now() - orphanMs,
  });
}
