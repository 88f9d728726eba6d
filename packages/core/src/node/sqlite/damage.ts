import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
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

/** How many damaged databases are kept for people to look at. */
const keptAside = 3;

/**
 * Renames a database and what belongs to it to `<file>.damaged-<ms>`, for people to look at; of those before it the oldest go. Gives the new name without its
 * directory, null when there was no file.
 */
export function moveAside(file: string, nowMs: number): string | null {
  let target = `${file}.damaged-${nowMs}`;
  for (let again = 1; existsSync(target); again += 1) target = `${file}.damaged-${nowMs}-${again}`;
  const isThere = existsSync(file);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // The journals first: a crash in between must not leave an old journal beside a new database.
    for (const part of parts) {
      if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${target}${part}`);
    }
    removeOldest(file);
  } catch (error) {
    throw translateError(error, 'move the damaged index aside');
  }
  return isThere ? basename(target) : null;
}

const parts = ['-wal', '-shm', ''] as const;

function removeOldest(file: string): void {
  const name = `${basename(file)}.damaged-`;
  const times = readdirSync(dirname(file)).flatMap((each) => {
    const time = each.startsWith(name) ? /^\d+(-\d+)?/.exec(each.slice(name.length))?.[0] : undefined;
    return time === undefined ? [] : [time];
  });
  const inOrder = [...new Set(times)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  for (const time of inOrder.slice(0, -keptAside)) {
    for (const part of parts) rmSync(`${file}.damaged-${time}${part}`, { force: true });
  }
}
