import { basename } from 'node:path';
import type { ErrorCode } from '../../model/error-catalogue.js';
import { SyncError } from '../../model/error.js';

/** What was attempted, in the words of a message: "Could not rename …". */
export type DiskOperation =
  | 'look at'
  | 'list'
  | 'open'
  | 'read'
  | 'create'
  | 'write'
  | 'rename'
  | 'link'
  | 'copy'
  | 'remove'
  | 'make'
  | 'change'
  | 'sync';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'NOT_PERMITTED',
  EPERM: 'NOT_PERMITTED',
  EROFS: 'NOT_PERMITTED',
  ENOTDIR: 'PATH_BLOCKED',
  EISDIR: 'PATH_BLOCKED',
  ENOTEMPTY: 'PATH_BLOCKED',
  EEXIST: 'PATH_BLOCKED',
  ELOOP: 'PATH_THROUGH_LINK',
};

const remedies: Partial<Record<ErrorCode, string>> = {
  DISK_FULL: 'free space on this server',
  NOT_PERMITTED: 'let the server process read and write here',
  FILE_UNREADABLE: 'make the file readable for the server process',
  PATH_BLOCKED: 'move away what stands at this name',
  PATH_THROUGH_LINK: 'replace the symbolic link by what it stands for',
};

/** The system's own name for a failure (`EXDEV`), empty when the error has none. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * Translates a failure of the file system into one of the catalogue. Message and details carry the last component of
 * the path only; the original, with its absolute path, is kept as `cause` and stays in the process.
 */
export function diskError(operation: DiskOperation, path: string, error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  const errno = errnoOf(error);
  const code = codeOf(operation, errno);
  const name = basename(path);
  const remedy = remedies[code] ?? 'look at the disk of this server';
  return new SyncError(code, `Could not ${operation} "${name}" (${errno || String(error)}): ${remedy}.`, {
    details: { operation, name, errno },
    cause: error,
  });
}

function codeOf(operation: DiskOperation, errno: string): ErrorCode {
  const code = codes[errno] ?? 'STORAGE_FAILED';
  const reads = operation === 'open' || operation === 'read';
  return reads && code === 'NOT_PERMITTED' ? 'FILE_UNREADABLE' : code;
}
