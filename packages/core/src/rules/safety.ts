import type { HoldReason } from '../ports/index-tables.js';

/** Deletions of a folder are judged together when they are recorded within this time. */
export const deletionWindowMs = 10_000;

/** Up to this many deletions in a window, no share of a small folder is suspicious. */
export const harmlessDeletions = 20;

/** Above this share of a folder's files, deletions are suspicious. */
export const suspiciousShare = 0.25;

/** One folder and a batch of deletions in it that has not been carried out. */
export interface DeletionBatch {
  /** Live files before this batch. */
  readonly liveBefore: number;
  /** Files deleted within the window, before this batch. */
  readonly deletedBefore: number;
  /** Files this batch deletes. */
  readonly deleting: number;
  readonly rootPresent: boolean;
  /** False when device, inode or marker of the root is not the one known. */
  readonly rootSame: boolean;
}

/**
 * Why a batch of deletions must wait for a person, null when it may pass. An unmounted disk, a failed deployment and `rm -rf`
 * in the wrong place all look like honest deletions of many files; a person who means it can release them.
 * A single file may be deleted even when it is the folder's last: that is how small folders are used.
 */
export function judgeDeletions(batch: DeletionBatch): HoldReason | null {
  if (batch.deleting === 0) return null;
  if (!batch.rootPresent) return 'root-missing';
  if (!batch.rootSame) return 'root-swapped';
  const inWindow = batch.deletedBefore + batch.deleting;
  const filesOfWindow = batch.liveBefore + batch.deletedBefore;
  if (inWindow > harmlessDeletions && inWindow > filesOfWindow * suspiciousShare) return 'mass-deletion';
  if (batch.deleting > 1 && batch.deleting >= batch.liveBefore) return 'folder-emptied';
  return null;
}
