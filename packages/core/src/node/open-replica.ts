import path from 'node:path';
import { SyncError } from '../model/error.js';
import type { NodeId } from '../model/version-vector.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import { silentLog } from '../ports/log.js';
import type { Random } from '../ports/random.js';
import type { Work } from '../ports/work.js';
import { createReplica, type ArchiveBounds, type PathLocks, type Replica } from '../replica/index.js';
import { systemClock } from './clock.js';
import { placeFolders } from './place-folders.js';
import { systemRandom } from './random.js';
import { openHostPathLocks, type HostPathLocks } from './host-locks/host-path-locks.js';
import { openSqliteIndex } from './sqlite/index.js';
import { startWorkThread } from './work-thread.js';

/** How a replica is opened. Everything but `root` has a default. */
export interface OpenReplicaOptions {
  /** Absolute path of the directory that holds the folders. */
  readonly root: string;
  /** This server's node id. Default: the host name. */
  readonly name: NodeId;
  /** Default: `<root>/.lockstep`. */
  readonly stateDir?: string;
  /** Default: `instance`, `templates`, `static`. */
  readonly folders?: readonly string[];
  /** Default: 100 MiB. */
  readonly maxFileBytes?: number;
  /** The permission bits that an arriving file may have; the others are taken off here, and only here. Default: 0o777. */
  readonly modeMask?: number;
  /** Globs (gitignore syntax) left out in every folder. */
  readonly ignore?: readonly string[];
  /** `fsync` (default): an answer means "on the disk". `os`: it means "handed to the operating system". */
  readonly durability?: 'fsync' | 'os';
  readonly archive?: Partial<ArchiveBounds>;
  /** Memory for small contents on their way to the peers. Default: 32 MiB. */
  readonly cacheBytes?: number;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly locks?: PathLocks;
  /** True when other processes of this host open the same replica: paths are then locked among all of them. */
  readonly shared?: boolean;
  /** What else is to be loaded: it is called while the work thread starts, which takes a tenth of a second. What it throws, opening rejects with. */
  readonly meanwhile?: () => void;
}

/** The folders that Lockstep keeps when nothing else is said. */
export const defaultFolders: readonly string[] = Object.freeze(['instance', 'templates', 'static']);

const defaultArchive: ArchiveBounds = Object.freeze({
  maxAgeMs: 7 * 86_400_000,
  maxBytes: 1024 ** 3,
  maxRows: 100_000,
});

/**
 * Opens this server's replica: makes missing folders and the state directory (0700), opens the index, starts the work thread, empties
 * staging. Throws ROOT_MISSING or NOT_PERMITTED. The caller owes `close`.
 */
export async function openReplica(options: OpenReplicaOptions): Promise<Replica> {
  const {
    root,
    name,
    durability = 'fsync',
    log = silentLog,
    clock = systemClock,
    random = systemRandom,
  } = options;
  const folders = options.folders ?? defaultFolders;
  const stateDir = options.stateDir ?? path.join(root, '.lockstep');
  const { places, archive } = await placeFolders({ root, stateDir, folders, log });
  const index = openSqliteIndex({
    file: path.join(stateDir, 'index.db'),
    node: name,
    durability,
    random,
    clock,
    log,
  });
  let shared: HostPathLocks | null = null;
  let work: Work | null = null;
  try {
    if (options.shared === true) {
      shared = openHostPathLocks({ directory: path.join(stateDir, 'path-locks'), clock, random });
    }
    const locks = shared ?? options.locks;
    work = startWorkThread({ places, archive, durability, log });
    await Promise.all([work.sweep(), Promise.resolve().then(options.meanwhile)]);
    const replica = await createReplica({
      ...{ node: name, folders, index, keeper: index.keeper, work, clock, log },
      rootOf: (folder) => path.join(root, folder),
      maxFileBytes: options.maxFileBytes ?? 100 * 1024 * 1024,
      ...(options.modeMask === undefined ? {} : { modeMask: checkModeMask(options.modeMask) }),
      patterns: options.ignore ?? [],
      archiveBounds: { ...defaultArchive, ...options.archive },
      cacheBytes: options.cacheBytes ?? 32 * 1024 * 1024,
      ...(locks ? { locks } : {}),
      ...(shared ? { host: shared.host } : {}),
    });
    return shared === null ? replica : closing(replica, shared);
  } catch (error) {
    await work?.close();
    shared?.close();
    index.close();
    throw error;
  }
}

/** The server itself must be able to read and replace what it wrote. */
function checkModeMask(modeMask: number): number {
  const isMask = Number.isInteger(modeMask) && modeMask >= 0o600 && modeMask <= 0o777;
  if (isMask && (modeMask & 0o600) === 0o600) return modeMask;
  throw new SyncError(
    'OPTION_INVALID',
    `Refused the option modeMask = ${String(modeMask)}: give permission bits from 0o600 to 0o777 that let the owner read and write, such as 0o755.`,
    { details: { option: 'modeMask' } },
  );
}

/** The locks end with the replica: nothing holds any by then. */
function closing(replica: Replica, locks: HostPathLocks): Replica {
  return {
    ...replica,
    close: async () => {
      await replica.close();
      locks.close();
    },
  };
}
