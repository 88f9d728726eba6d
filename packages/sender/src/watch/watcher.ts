import type { ErrorCode } from '@lockstep/core';

/** What a watcher tells. All paths are relative to the root, POSIX, unchecked. */
export interface WatchHandlers {
  /**
   * Something may have changed at this path, a file or a directory with everything below it. Must be cheap.
   * @param isNameOnly the name came, went or was moved; had the file been written to, another hint would say so
   */
  onHint(path: string, isNameOnly?: boolean): void;
  /** The whole tree may have changed, and nothing more is known. */
  onDoubt(): void;
  /** Events can no longer be relied on. */
  onTrouble(trouble: WatchTrouble): void;
  /** True for a directory that is left out: it is not watched. */
  skipsDirectory(path: string): boolean;
}

export interface WatchTrouble {
  /** `limit`: the system gives no more watches. */
  readonly kind: 'limit' | 'failed';
  readonly code: ErrorCode;
  readonly message: string;
}

/** Hears of changes below one directory. A hint is a suspicion, never a fact; scans and the supervisor are the truth. */
export interface Watcher {
  /** Resolves when every directory that existed is watched. Rejects with NOT_FOUND when the root is no directory. */
  start(root: string, handlers: WatchHandlers): Promise<void>;
  /**
   * Directories, relative to the root, that were heard of and in which something may have happened unheard, since they are not watched
   * yet; each is hinted once it is. What was reported by the system must have been heard: see `eventsHeard`.
   */
  unarmed(): readonly string[];
  /** No hint comes afterwards. */
  close(): Promise<void>;
}

export type CreateWatcher = () => Watcher;
