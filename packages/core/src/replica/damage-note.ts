import type { ActivityRow } from '../ports/index-tables.js';

/** The page tells what the log told: a person may never see the log. `movedAside` is null when the index was gone. */
export function damageNote(movedAside: string | null, atMs: number): Omit<ActivityRow, 'id'> {
  const where = movedAside === null ? 'its file was gone' : `the old file is ${movedAside}`;
  const message = `The index was damaged and is rebuilt from the folders; ${where}`;
  const nothing = { folder: null, path: null, peer: null, bytes: 0, ms: null };
  return { ...nothing, atMs, kind: 'note', code: 'INDEX_DAMAGED', message };
}
