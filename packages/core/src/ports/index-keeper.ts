import type { SyncError } from '../model/error.js';

/** What a look at an index found: nothing new, or that another one, begun anew, has taken its place behind the same `IndexStore`. */
export type IndexLook = 'same' | 'renewed';

/**
 * Notices damage of an index that is in use, and replaces what was damaged. Between the first sign of damage and the renewal every method
 * of the store throws INDEX_DAMAGED: nothing is answered from, or written into, an index that may be wrong.
 */
export interface IndexKeeper {
  /** Why the index cannot be used now; null while it can. */
  readonly damage: SyncError | null;
  /** The name of the damaged file that was moved aside last; null when there was none left, or another process moved it. */
  readonly movedAside: string | null;
  /** True from damage until the index that took its place is settled. */
  readonly isRebuilding: boolean;
  /**
   * Looks whether the index is whole: cheap while its files do not change. When it is damaged, moves it aside and begins a new one
   * (another `indexId`, `isFresh`), or goes on with the one that another process of this host has begun. Never within a transaction.
   * Throws DISK_FULL, NOT_PERMITTED or STORAGE_FAILED when that cannot be done now; the next look tries it again.
   */
  look(): IndexLook;
  /** Calls `listener` when damage is met. One listener. */
  onDamage(listener: (damage: SyncError) => void): void;
}
