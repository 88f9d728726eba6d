import cluster from 'node:cluster';
import { hostname } from 'node:os';
import { silentLog, SyncError, type Log } from '@lockstep/core';
import { createPinoLog } from '@lockstep/core/node';
import type { Configuration } from './configuration/configuration.js';
import { resolveConfiguration } from './configuration/resolve-configuration.js';
import type { LockstepSync } from './lockstep-sync.js';
import type { MountableApp } from './mount/door.js';
import { mountDoors } from './mount/doors.js';
import type { LockstepOptions } from './options.js';
import { startSync } from './run/start-sync.js';
import { inactiveStatus, type FileSyncStatus } from './status.js';

/** A process watches and serves its folders once; whoever asks for the status means this one. */
let running: LockstepSync | 'starting' | null = null;

/**
 * Keeps this app's folders in step with the other servers: mounts the receiver and the monitor, opens the replica, watches and
 * sends. Configured by the LOCKSTEP_* variables; options override them.
 *
 * The routes are mounted before this function returns its promise, so the order of calls alone decides: call it before body
 * parsers for the whole app, and before the answer to unknown pages. Until the promise resolves they answer 503.
 *
 * Rejects with OPTION_INVALID, ROOT_MISSING, NOT_PERMITTED, STATE_IN_USE or ALREADY_RUNNING; then nothing runs.
 * The caller owes `close`.
 */
export async function setupRealTimeFileSync(
  app: MountableApp,
  options: LockstepOptions = {},
): Promise<LockstepSync> {
  const machine = {
    hostName: hostname(),
    workingDirectory: process.cwd(),
    isClusterWorker: cluster.isWorker,
  };
  const configuration = resolveConfiguration(process.env, options, machine);
  if (running !== null) {
    throw new SyncError(
      'ALREADY_RUNNING',
      'setupRealTimeFileSync was called again in this process. Call it once, or close the first: await sync.close().',
    );
  }
  running = 'starting';
  const log = logOf(configuration);
  const doors = mountDoors(app, configuration);
  try {
    const sync = await startSync(configuration, doors, log, () => (running = null));
    running = sync;
    return sync;
  } catch (error) {
    running = null;
    throw error;
  }
}

/** The state of synchronisation in this process, also before `setupRealTimeFileSync` and after `close`. Never throws. */
export function getFileSyncStatus(): FileSyncStatus {
  return running === null || running === 'starting' ? inactiveStatus : running.status();
}

function logOf({ log, logLevel, name }: Configuration): Log {
  if (log === false) return silentLog;
  return log ?? createPinoLog({ level: logLevel, name });
}
