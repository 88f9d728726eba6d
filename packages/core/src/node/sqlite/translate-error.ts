import Database from 'better-sqlite3';
import { isSyncError, SyncError } from '../../model/error.js';
import type { ErrorCode } from '../../model/error-catalogue.js';

/** What SQLite's primary result codes mean to us; extended codes (`SQLITE_IOERR_FSYNC`) begin with one of these. */
const meanings: readonly (readonly [prefix: string, code: ErrorCode, advice: string])[] = [
  ['SQLITE_FULL', 'DISK_FULL', 'free space on the disk of the state directory'],
  ['SQLITE_CORRUPT', 'INDEX_DAMAGED', 'open it again: it is moved aside and rebuilt from the folders'],
  ['SQLITE_NOTADB', 'INDEX_DAMAGED', 'open it again: it is moved aside and rebuilt from the folders'],
  ['SQLITE_IOERR_SHORT_READ', 'INDEX_DAMAGED', 'a part of it is missing; it is moved aside and rebuilt'],
  ['SQLITE_IOERR_CORRUPTFS', 'INDEX_DAMAGED', 'its file system is damaged; it is moved aside and rebuilt'],
  ['SQLITE_READONLY_DBMOVED', 'INDEX_DAMAGED', 'its file was moved or removed while open; open it again'],
  ['SQLITE_READONLY', 'NOT_PERMITTED', 'let the server process write its state directory'],
  ['SQLITE_CANTOPEN', 'NOT_PERMITTED', 'let the server process read and write its state directory'],
  ['SQLITE_PERM', 'NOT_PERMITTED', 'let the server process read and write its state directory'],
  ['SQLITE_AUTH', 'NOT_PERMITTED', 'let the server process read and write its state directory'],
  ['SQLITE_BUSY', 'STORAGE_FAILED', 'another process held the index for over 5 seconds; it is tried again'],
  ['SQLITE_IOERR', 'STORAGE_FAILED', 'look at the disk of the state directory'],
];

/** The catalogue's error for a failure of SQLite or of the system; an error that is in the catalogue already stays itself. */
export function translateError(error: unknown, attempted: string): SyncError {
  if (error instanceof SyncError) return error;
  if (error instanceof Database.SqliteError) {
    const [, code, advice] = meanings.find(([prefix]) => error.code.startsWith(prefix)) ?? [
      '',
      'STORAGE_FAILED' as const,
      'report it with this line',
    ];
    const message = `Could not ${attempted}: ${error.code}, ${error.message}; ${advice}.`;
    return new SyncError(code, message, { details: { sqlite: error.code }, cause: error });
  }
  if (error instanceof TypeError && error.message === 'The database connection is not open') {
    return new SyncError('CLOSED', `Could not ${attempted}: the index is closed; open it again.`, {
      cause: error,
    });
  }
  return translateSystemError(error, attempted);
}

function translateSystemError(error: unknown, attempted: string): SyncError {
  const reason =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const details = { reason: reason === '' ? null : reason };
  if (reason === 'ENOSPC' || reason === 'EDQUOT') {
    const message = `Could not ${attempted}: ${reason}; free space on the disk of the state directory.`;
    return new SyncError('DISK_FULL', message, { details, cause: error });
  }
  if (reason === 'EACCES' || reason === 'EPERM' || reason === 'EROFS') {
    const message = `Could not ${attempted}: ${reason}; let the server process write its state directory.`;
    return new SyncError('NOT_PERMITTED', message, { details, cause: error });
  }
  const cause = reason === '' ? 'an unexpected failure' : reason;
  const message = `Could not ${attempted}: ${cause}; look at the disk of the state directory.`;
  return new SyncError('STORAGE_FAILED', message, { details, cause: error });
}

/** True when another connection held the database for longer than the call would wait. */
export function isBusy(error: unknown): boolean {
  return isSyncError(error) && String(error.details['sqlite']).startsWith('SQLITE_BUSY');
}
