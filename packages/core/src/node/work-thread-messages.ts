import type { ErrorCode } from '../model/error-catalogue.js';
import { SyncError, isSyncError, type ErrorDetails } from '../model/error.js';
import type { FolderPlace, Listed, Work } from '../ports/work.js';

/** What a work thread is started with. */
export interface WorkThreadData {
  readonly places: readonly FolderPlace[];
  readonly archive: string;
  readonly durability: 'fsync' | 'os';
}

/** One job of the port. */
export type Job = keyof Work;

/** To the thread: do a job, or go on with a listing (the host has taken in the last page), or give it up (it could not). */
export type ToThread =
  | { readonly id: number; readonly job: Job; readonly args: readonly unknown[] }
  | { readonly id: number; readonly job: 'next' }
  | { readonly id: number; readonly job: 'stop' };

/** From the thread. A listing comes in pages, so that nobody ever holds all of it. */
export type FromThread =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly page: readonly Listed[] }
  | { readonly id: number; readonly error: ErrorMessage };

/** A failure on its way between threads. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** What travels of a failure. One that is not of the catalogue is a defect of ours: INTERNAL. */
export function toErrorMessage(error: unknown): ErrorMessage {
  if (isSyncError(error)) return error.toJSON();
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'INTERNAL', message: `Did a job on the disk and met a defect: ${text}`, details: {} };
}

/** The failure as the host meets it. */
export function fromErrorMessage({ code, message, details }: ErrorMessage): SyncError {
  return new SyncError(code, message, { details });
}
