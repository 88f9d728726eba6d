import type { FileKey } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';

/** Which signed requests were received. */
export interface NonceStore {
  /** Takes a nonce. False: some process took it before. `timeMs` is when the request was signed. */
  take(
    request: { readonly node: NodeId; readonly nonce: string; readonly timeMs: number },
    nowMs: number,
  ): boolean;
  /** Nonces of requests that this node signed up to here may have been forgotten. */
  floorMs(node: NodeId): number;
  readonly size: number;
}

/** Deletions of a peer that a person released. */
export interface PermitStore {
  /** These are accepted until then. */
  permit(files: readonly FileKey[], untilMs: number): void;
  isPermitted(file: FileKey, nowMs: number): boolean;
}

/**
 * How many files each source deleted lately, so that a mass deletion cut into small batches is still one.
 * The time is the origin's: deletions spread over days stay spread when a peer hears of them at once.
 */
export interface DeletionWindow {
  /** Deletions of this source in the folder within the window around `atMs`. */
  count(folder: string, source: string, atMs: number): number;
  add(folder: string, source: string, times: readonly number[]): void;
}

/**
 * What the processes of one host know together. It begins with the first of them and ends with the last, as the memory of a
 * single process does; nothing in it has to survive a power cut. Synchronous. Throws DISK_FULL or STORAGE_FAILED.
 */
export interface HostStore {
  readonly nonces: NonceStore;
  readonly permits: PermitStore;
  readonly deletions: DeletionWindow;
  /** Whether sending was paused, in whichever process; who takes over stays paused. */
  isPaused(): boolean;
  setPaused(paused: boolean): void;
}
