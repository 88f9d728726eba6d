export { systemClock } from './clock.js';
export { defaultFolders, openReplica, type OpenReplicaOptions } from './open-replica.js';
export { createPinoLog, logLevels, type LogLevel, type PinoLogOptions } from './pino-log.js';
export { acquireProcessLock, type ProcessLock } from './process-lock.js';
export { systemRandom } from './random.js';
export { openHostPathLocks, type HostPathLocks } from './host-locks/host-path-locks.js';
export { openSqliteIndex } from './sqlite/index.js';
export { startWorkThread } from './work-thread.js';
