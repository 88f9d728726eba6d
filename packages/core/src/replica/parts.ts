import type { FileKey } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { Clock } from '../ports/clock.js';
import type { DeletionWindow, PermitStore } from '../ports/host-store.js';
import type { IndexStore } from '../ports/index-store.js';
import type { Log } from '../ports/log.js';
import type { Work } from '../ports/work.js';
import type { ContentCache } from './content-cache.js';
import type { ReplicaEvents } from './events.js';
import type { HeldPaths } from './held-paths.js';
import type { IgnoreBook } from './ignore-book.js';
import type { PathLocks } from './path-locks.js';
import type { Done } from './record-steps.js';
import type { ReplicaCounters } from './replica.js';

/** How long and how much the archive keeps. */
export interface ArchiveBounds {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly maxRows: number;
}

/** What the parts of one replica share. */
export interface Parts {
  readonly node: NodeId;
  readonly folders: readonly string[];
  readonly maxFileBytes: number;
  /** The permission bits that a file may have here. */
  readonly modeMask: number;
  readonly archiveBounds: ArchiveBounds;
  readonly index: IndexStore;
  readonly work: Work;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: ReplicaEvents;
  readonly counters: ReplicaCounters;
  readonly locks: PathLocks;
  readonly cache: ContentCache;
  readonly ignore: IgnoreBook;
  readonly held: HeldPaths;
  readonly deletions: DeletionWindow;
  readonly permits: PermitStore;
  /** Identity of each folder's root as last accepted; absent until the first look. */
  readonly roots: Map<string, string>;
  /** Folders scanned as a whole since the replica was opened: what changed while nobody watched is known by then. */
  readonly scanned: Set<string>;
  /** Commits that are on the disk and could not be recorded, by the keys of their paths: see `recordOwed`. */
  readonly owed: Map<string, Done>;
  /** Whether an observation was recorded that no later transaction has flushed. */
  readonly unflushed: { rows: boolean };
  /** Files with an open problem, so that it is told once. */
  readonly problems: Map<string, FileKey>;
}
