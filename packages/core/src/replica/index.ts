export { createReplica, type ReplicaParts } from './create-replica.js';
export type { AppliedChange, ReplicaEventMap, ReplicaEvents } from './events.js';
export { createReplicaEvents } from './events.js';
export { syncignoreName } from './ignore-book.js';
export { smallFileBytes } from './observe-paths.js';
export type { ArchiveBounds } from './parts.js';
export { createPathLocks, type PathLocks } from './path-locks.js';
export type {
  Hint,
  IndexHealth,
  Incoming,
  ObserveReport,
  OpenContent,
  Replica,
  ReplicaCounters,
  ScanReport,
  Verdict,
} from './replica.js';
export { isStaged } from './staged.js';
