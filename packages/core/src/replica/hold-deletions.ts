import type { LiveEntry } from '../model/entry.js';
import { keyOf, type FileKey } from '../model/path.js';
import type { HoldReason } from '../ports/index-tables.js';
import type { NewRow } from '../ports/index-store.js';
import { judgeDeletions } from '../rules/index.js';
import type { Parts } from './parts.js';

/**
 * Judges a batch of deletions observed here. What is suspicious goes into a hold and stays alive in the index, so no peer hears
 * of it; gives the rows that may be recorded.
 */
export async function judgeAndHold(parts: Parts, deletions: readonly NewRow[]): Promise<NewRow[]> {
  const allowed: NewRow[] = [];
  for (const folder of new Set(deletions.map((row) => row.entry.folder))) {
    const batch = deletions.filter((row) => row.entry.folder === folder);
    const lost = contentLost(
      parts,
      batch.map((row) => row.entry),
    );
    const reason = await judgeFolder(parts, folder, lost);
    if (reason) openHold(parts, folder, reason, batch);
    else {
      allowed.push(...batch);
      parts.deletions.add(folder, parts.node, new Array<number>(lost).fill(parts.clock.now()));
    }
  }
  return allowed;
}

async function judgeFolder(parts: Parts, folder: string, lost: number): Promise<HoldReason | null> {
  const identity = await parts.work.rootIdentity(folder);
  const known = parts.roots.get(folder);
  const reason = judgeDeletions({
    liveBefore: liveFiles(parts, folder),
    deletedBefore: parts.deletions.count(folder, parts.node, parts.clock.now()),
    deleting: lost,
    rootPresent: identity !== null,
    rootSame: known === undefined || identity === known,
  });
  // A swapped root stays suspect until a scan of all of it found nothing more missing: see `scanFolder`.
  if (identity !== null && reason !== 'root-swapped') parts.roots.set(folder, identity);
  return reason;
}

function openHold(parts: Parts, folder: string, reason: HoldReason, batch: readonly NewRow[]): void {
  const paths = batch.map((row) => row.entry.path);
  const id = parts.index.holds.add({ folder, reason, peer: null, createdMs: parts.clock.now(), paths });
  parts.held.refresh();
  parts.log.warn(
    `Deletions held: ${paths.length} files of ${folder} (${reason}). Release or restore them on the monitor page.`,
    {
      code: 'DELETION_HELD',
      hold: id,
    },
  );
  parts.events.emit('held', { id, folder, paths: paths.length, peer: null });
}

/** Files of a folder now. */
export function liveFiles(parts: Parts, folder: string): number {
  return parts.index.totals().find((totals) => totals.folder === folder)?.files ?? 0;
}

/** How many of these deletions take the last live copy of their content: a move loses nothing and is not counted. */
export function contentLost(parts: Parts, deletions: readonly FileKey[]): number {
  const going = new Set(deletions.map(keyOf));
  return deletions.filter((file) => {
    const local = parts.index.get(file)?.entry;
    return local?.state === 'live' && !livesElsewhere(parts, local, going);
  }).length;
}

function livesElsewhere(parts: Parts, local: LiveEntry, going: ReadonlySet<string>): boolean {
  return parts.index.withDigest(local.digest, 4).some((row) => !going.has(keyOf(row.entry)));
}
