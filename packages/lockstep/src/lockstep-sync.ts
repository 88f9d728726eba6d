import type { Log, Replica } from '@lockstep/core';
import type { Monitor } from '@lockstep/monitor';
import type { Receiver } from '@lockstep/receiver';
import type { Sender } from '@lockstep/sender';
import type { Configuration } from './configuration/configuration.js';
import type { SyncEvents } from './run/sync-events.js';
import type { FileSyncStatus } from './status.js';

/** The settings in force, without those that are secret. */
export type PublicConfiguration = Pick<
  Configuration,
  'name' | 'root' | 'stateDir' | 'folders' | 'maxFileBytes' | 'mountPath' | 'monitorPath' | 'peers'
>;

/** Running synchronisation of one app. The caller owes `close`. */
export interface LockstepSync extends SyncEvents {
  status(): FileSyncStatus;
  /**
   * Waits until the wanted peers have everything that was changed here up to now. Rejects with TIMED_OUT, which says who lags
   * and why: `await sync.flush({ peers: 'quorum', timeoutMs: 2000 })`.
   */
  flush: Sender['flush'];
  /** Stops sending; changes are still observed and received. */
  pause(): void;
  resume(): void;
  /** Compares a folder (all folders) with the index now. */
  rescan: Sender['rescan'];
  /** Ends sending, receiving and serving; requests in flight are answered first. More than once does nothing. */
  close(): Promise<void>;
  readonly configuration: PublicConfiguration;
  readonly log: Log;
  readonly replica: Replica;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly monitor: Monitor;
}
