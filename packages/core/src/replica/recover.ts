import type { LiveEntry } from '../model/entry.js';
import { keyOf, type FileKey } from '../model/path.js';
import type { Parts } from './parts.js';
import { archiveRow } from './plan-entry.js';
import { keysOf, recordSteps } from './record-steps.js';

/**
 * Records the commits of these paths that are on the disk and could not be recorded, since the index's disk was full, say. Whoever looks
 * at a path or decides about it does this first: else a peer's change would be taken for a local edit, made now.
 */
export function recordOwed(parts: Parts, files: readonly FileKey[]): void {
  if (parts.owed.size === 0) return;
  const owed = new Set(files.map((file) => parts.owed.get(keyOf(file))));
  for (const done of owed) {
    if (done === undefined) continue;
    for (const key of keysOf(done)) parts.owed.delete(key);
    recordSteps(parts, [done], done.row.learnedFrom);
  }
}

/**
 * Gives the archive its records of contents that a crash took away between a commit and its transaction: the objects are
 * there, and without a record nobody could restore them. `gone` are the files that a scan found replaced or missing.
 */
export async function adoptArchived(parts: Parts, gone: readonly LiveEntry[]): Promise<void> {
  const kept = await Promise.all(gone.map((entry) => isArchived(parts, entry)));
  const adopted = gone.filter((_, at) => kept[at]);
  if (adopted.length === 0) return;
  parts.index.transact(() => {
    for (const entry of adopted) parts.index.archive.add(archiveRow(parts, entry, 'replaced', parts.node));
  });
}

async function isArchived(parts: Parts, { digest }: LiveEntry): Promise<boolean> {
  const opened = await parts.work.archiveOpen(digest);
  if (opened === null) return false;
  await parts.work.readClose(opened.id);
  return true;
}
