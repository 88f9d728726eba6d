import { truncateSync } from 'node:fs';
import { isSyncError } from '../model/error.js';
import { createFile } from './create-file.js';
import { openConnection } from './sqlite/connection.js';
import { isBusy, translateError } from './sqlite/translate-error.js';

/** A lock that is held. */
export interface ProcessLock {
  /** Gives the lock up. More than once does nothing. */
  release(): void;
}

/**
 * Takes a lock that exactly one process of this host holds, until it releases it or ends in any way: the kernel frees it even
 * after a kill. Gives null at once when somebody holds it (another part of this process too); trying again is the caller's matter.
 * `file` is made when it is missing and never removed, since a lock on a removed file is not seen by others. Nothing else may
 * open that file. Throws NOT_PERMITTED or STORAGE_FAILED.
 */
export function acquireProcessLock(file: string): ProcessLock | null {
  return waitForProcessLock(file, 0);
}

/** Like `acquireProcessLock`, but blocks the whole process up to `waitMs` for the holder to give it up. */
export function waitForProcessLock(file: string, waitMs: number): ProcessLock | null {
  try {
    createFile(file);
  } catch (error) {
    throw translateError(error, 'make the lock file');
  }
  const first = lockExclusively(file, waitMs);
  if (first !== 'not-a-lock') return first;
  // A holder would have been met before the content: nobody holds it, and what stands there is noise.
  truncateSync(file);
  const second = lockExclusively(file, waitMs);
  return second === 'not-a-lock' ? null : second;
}

function lockExclusively(file: string, waitMs: number): ProcessLock | 'not-a-lock' | null {
  const connection = openConnection(file, waitMs);
  try {
    // Nothing is ever committed, so a killed holder must not leave a journal to be rolled back.
    connection.pragma('journal_mode = MEMORY');
    connection.execute('take the process lock', 'BEGIN EXCLUSIVE');
    return { release: () => connection.close() };
  } catch (error) {
    connection.close();
    if (isBusy(error)) return null;
    if (isSyncError(error, 'INDEX_DAMAGED')) return 'not-a-lock';
    throw error;
  }
}
