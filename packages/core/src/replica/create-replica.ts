import { SyncError } from '../model/error.js';
import type { NodeId } from '../model/version-vector.js';
import type { Clock } from '../ports/clock.js';
import type { HostStore } from '../ports/host-store.js';
import type { IndexKeeper } from '../ports/index-keeper.js';
import type { IndexStore } from '../ports/index-store.js';
import type { Log } from '../ports/log.js';
import type { Work } from '../ports/work.js';
import { createContentCache } from './content-cache.js';
import { createDeletionWindow } from './deletion-window.js';
import { createReplicaEvents } from './events.js';
import { followOthers } from './follow-others.js';
import { createHeldPaths } from './held-paths.js';
import { createIgnoreBook } from './ignore-book.js';
import { chunksOf, learnChunks, partsHere, transferOf } from './large-content.js';
import { removeLocally, writeLocally } from './local-write.js';
import { maintain } from './maintain.js';
import { allModes, maskModes } from './mask-modes.js';
import { observeHints } from './observe-hints.js';
import { openArchived, openContent, readSmall } from './open-content.js';
import type { ArchiveBounds, Parts } from './parts.js';
import { createPathLocks, type PathLocks } from './path-locks.js';
import { createPermits } from './permits.js';
import { putBack } from './put-back.js';
import { receiveBatch } from './receive-batch.js';
import { releaseHold } from './release-hold.js';
import type { IndexHealth, Replica } from './replica.js';
import { scanFolder } from './scan-folder.js';
import { isStaged } from './staged.js';
import { superviseIndex } from './supervise-index.js';

/** What a replica is made of. `locks` of another kind and `host` let several processes share one replica. */
export interface ReplicaParts {
  readonly node: NodeId;
  readonly folders: readonly string[];
  /** Absolute path of a folder, for the watcher. */
  readonly rootOf: (folder: string) => string;
  readonly maxFileBytes: number;
  /** The permission bits that a file may have here. Default: all. */
  readonly modeMask?: number;
  readonly patterns: readonly string[];
  readonly archiveBounds: ArchiveBounds;
  readonly cacheBytes: number;
  readonly index: IndexStore;
  readonly work: Work;
  readonly clock: Clock;
  readonly log: Log;
  readonly locks?: PathLocks;
  readonly host?: HostStore;
  /** Absent: damage of the index is met at the next start only. */
  readonly keeper?: IndexKeeper;
}

/** Puts a replica together over its ports and reads the `.syncignore` files. The caller owes `close`. */
export async function createReplica(options: ReplicaParts): Promise<Replica> {
  const parts = await assemble(options);
  const { index, work } = parts;
  const { keeper = null } = options;
  const endSupervision = keeper === null ? () => undefined : superviseIndex(parts, keeper);
  return {
    node: parts.node,
    folders: parts.folders,
    rootOf: options.rootOf,
    maxFileBytes: parts.maxFileBytes,
    index,
    indexHealth: () => healthOf(keeper),
    host: options.host ?? null,
    events: parts.events,
    counters: parts.counters,
    staging: work,
    ignoreSpec: () => parts.ignore.spec(),
    whyIgnored: (file) => parts.ignore.why(file),
    observe: (hints) => observeHints(parts, hints),
    scan: (folder, directory) => scanFolder(parts, folder, directory),
    rootIdentity: (folder) => work.rootIdentity(folder),
    receive: (batch, from) => receiveBatch(parts, batch, from),
    readSmall: (entries) => readSmall(parts, entries),
    releaseContents: () => parts.cache.clear(),
    openContent: (entry) => openContent(parts, entry),
    chunksOf: (entry) => chunksOf(parts, entry),
    learnChunks: (entry) => learnChunks(parts, entry),
    partsHere: (entry, chunks) => partsHere(parts, entry, chunks),
    transferOf: (entry, given) => transferOf(parts, entry, given),
    write: (file, staged, attributes) =>
      writeLocally(parts, { file, staged, why: 'replaced', ...attributes }),
    remove: (file) => removeLocally(parts, file),
    restore: (archiveId) => restore(parts, archiveId),
    openArchived: (archiveId) => openArchived(parts, archiveId),
    releaseHold: (id) => releaseHold(parts, id),
    putBack: (file, staged) => putBack(parts, file, staged),
    followOthers: () => followOthers(parts),
    maintain: () => maintain(parts),
    async close() {
      endSupervision();
      await work.close();
      index.close();
      parts.events.removeAllListeners();
    },
  };
}

function healthOf(keeper: IndexKeeper | null): IndexHealth {
  if (keeper === null) return 'whole';
  if (keeper.damage !== null) return 'damaged';
  return keeper.isRebuilding ? 'rebuilding' : 'whole';
}

async function assemble(options: ReplicaParts): Promise<Parts> {
  const { node, folders, maxFileBytes, patterns, index, clock, log, archiveBounds } = options;
  const { modeMask = allModes } = options;
  const work = maskModes(options.work, modeMask);
  const ignore = createIgnoreBook(work, { folders, patterns, maxFileBytes });
  for (const folder of folders) await ignore.reload(folder);
  return {
    ...{ node, folders, maxFileBytes, modeMask, archiveBounds, index, work, clock, log, ignore },
    events: createReplicaEvents(),
    counters: { unchanged: 0, copied: 0, known: 0, conflicts: 0 },
    locks: options.locks ?? createPathLocks(),
    cache: createContentCache(options.cacheBytes),
    held: createHeldPaths(index),
    deletions: options.host?.deletions ?? createDeletionWindow(),
    permits: options.host?.permits ?? createPermits(),
    roots: new Map(),
    scanned: new Set(),
    owed: new Map(),
    unflushed: { rows: false },
    problems: new Map(),
  };
}

async function restore(parts: Parts, archiveId: number): ReturnType<Replica['restore']> {
  const row = parts.index.archive.get(archiveId);
  if (!row) throw new SyncError('NOT_FOUND', `The archive has no content ${archiveId} any more.`);
  const { folder, path, digest, mode, mtimeMs } = row;
  const staged = await parts.work.stageCopy(folder, digest, { from: 'archive' });
  if (!isStaged(staged)) throw new SyncError(staged.failed, staged.message, { details: { path } });
  const entry = await writeLocally(parts, {
    file: { folder, path },
    staged,
    mode,
    mtimeMs,
    why: 'restored-over',
  });
  parts.index.activity.add([
    {
      ...{ atMs: parts.clock.now(), kind: 'restored', folder, path, peer: null },
      ...{ bytes: entry.size, ms: null, code: null, message: null },
    },
  ]);
  parts.log.info(`Restored ${path} from the archive (base_folder: ${folder})`, { archive: archiveId });
  return entry;
}
