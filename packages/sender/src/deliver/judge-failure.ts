import { isSyncError, SyncError, type ErrorCode } from '@lockstep/core';

/** What a request that failed as a whole says about peer and batch. */
export type FailureKind =
  /** The peer cannot take anything now. */
  | 'peer'
  /** The peer is there and asks to wait. */
  | 'busy'
  /** This batch is at fault: it is split, and a single file deferred. */
  | 'batch'
  /** The one file of the batch changed while it was sent. */
  | 'changed';

const batchCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'REQUEST_MALFORMED',
  'REQUEST_TOO_LARGE',
  'PATH_INVALID',
  'PATH_IGNORED',
  'PATH_BLOCKED',
  'PATH_THROUGH_LINK',
  'FILE_TOO_LARGE',
  'CHECKSUM_MISMATCH',
  'CONTENT_MISSING',
  'FOLDER_UNKNOWN',
  'RIGHT_MISSING',
  'FILE_UNREADABLE',
]);

/** Failures of the same single file, or of a batch, after which the batch is blamed and not the peer. */
const patience = 3;

/** @param failures how often these pieces failed so far, this time included */
export function judgeFailure(error: SyncError, failures: number): FailureKind {
  if (error.code === 'CHANGED_MEANWHILE') return 'changed';
  if (error.code === 'TOO_MANY_REQUESTS') return 'busy';
  if (batchCodes.has(error.code)) return 'batch';
  const mayBeTheBatch =
    error.code === 'INTERNAL' || error.code === 'STORAGE_FAILED' || error.code === 'PEER_TIMEOUT';
  return mayBeTheBatch && failures >= patience ? 'batch' : 'peer';
}

export function toSyncError(error: unknown): SyncError {
  if (isSyncError(error)) return error;
  const message = `A delivery failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`;
  return new SyncError('INTERNAL', message, { cause: error });
}

/** When the peer asked to come back, in ms; undefined when it did not say. */
export function retryAfterOf(error: SyncError): number | undefined {
  const { retryAfterMs } = error.details;
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}
