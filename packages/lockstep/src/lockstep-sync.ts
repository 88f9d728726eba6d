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
   * Waits until the wanted peers have everything that was changed on this host up to now, in whichever of its processes. Rejects with
   * TIMED_OUT, which says who lags and why, or with NOT_READY when no process of the host sends and none takes over: `await sync.flush({ peers: 'quorum', timeoutMs: 2000 })`.
   */
  flush: Sender['flush'];
  /**
   * Stops sending; changes are still observed and received. In any process of the host, and for all: who takes over stays paused.
   * Resolves when the process that sends has heard of it; one that is about to take over will.
   */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Compares a folder (all folders) with the index now. Asked in another process than the one that sends, lists are cut at 1,000. */
  rescan: Sender['rescan'];
  /** Ends sending, receiving and serving; requests in flight are answered first. More than once does nothing. */
  close(): Promise<void>;
  readonly configuration: PublicConfiguration;
  readonly log: Log;
  readonly replica: Replica;
  /** The sender of this host: where several processes run the app, the same in each of them. */
  readonly sender: Sender;
  /** The receiver of this process alone. */
  readonly receiver: Receiver;
  readonly monitor: Monitor;
}
