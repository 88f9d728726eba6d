import type { Entry, LiveEntry, Stamp } from '../model/entry.js';
import type { ErrorCode } from '../model/error-catalogue.js';
import type { FileKey } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { FileKind } from '../ports/disk.js';
import type { IndexRow } from '../ports/index-store.js';
import type { Seen, SeenFile } from '../ports/work.js';
import { bump, emptyVersion } from './version.js';

/** Index row and disk of one path, and the circumstances of the look. */
export interface ObserveInput {
  readonly file: FileKey;
  readonly row: IndexRow | undefined;
  readonly seen: Seen;
  /** This node. */
  readonly node: NodeId;
  readonly nowMs: number;
  /** True while the index is new over existing files (`IndexStore.isFresh`). */
  readonly fresh: boolean;
  /** The permission bits that a file may have here; without it, all. */
  readonly modeMask?: number;
  /** True when a hint told of the change just now; false for a scan, which meets changes of an unknown time. */
  readonly live: boolean;
}

/** What the look means for the index. */
export type Observation =
  | { readonly do: 'nothing' }
  /** Same file, other stamp: remember the stamp, tell nobody. */
  | { readonly do: 'restamp'; readonly stamp: Stamp }
  /** A local change. `stamp` is null for a tombstone. */
  | { readonly do: 'record'; readonly entry: Entry; readonly stamp: Stamp | null }
  /** It changed while it was read: back to the coalescer. */
  | { readonly do: 'retry' }
  /** Nothing is recorded, and above all nothing is deleted; people should know. */
  | { readonly do: 'report'; readonly code: ErrorCode; readonly message: string };

/**
 * Compares one path's index row with what the disk shows. The echo of our own commit gives `nothing`, which is why loops
 * cannot start. Only a file that is surely gone becomes a tombstone: unreadable, too large or replaced by a link is not gone.
 *
 * `modifiedMs` of a change is above its predecessor's, so that order in time agrees with order of cause. A change met by a
 * scan happened while nobody watched: it counts from the file's mtime and not from now, else an old edit found at start
 * would beat a newer one made meanwhile elsewhere (a commit whose index transaction was lost in a crash looks just like
 * it). What a new index finds gets the empty version: it can neither undo a deletion nor replace what has a history.
 */
export function observe(input: ObserveInput): Observation {
  const { seen, file } = input;
  switch (seen.kind) {
    case 'file':
      return observeFile(input, seen);
    case 'missing':
      return observeAbsence(input, seen.keptParents);
    case 'directory':
      return observeAbsence(input, file.path.split('/').length - 1);
    case 'changing':
      return { do: 'retry' };
    case 'special':
      return {
        do: 'report',
        code: seen.what === 'symlink' ? 'PATH_THROUGH_LINK' : 'PATH_BLOCKED',
        message: `Left out "${file.path}" in ${file.folder}: ${describe(seen.what)}. Nothing was deleted; put a real file there.`,
      };
    case 'unreadable':
      return { do: 'report', code: seen.code, message: seen.message };
    case 'too-large':
      return {
        do: 'report',
        code: 'FILE_TOO_LARGE',
        message: `Left out "${file.path}" in ${file.folder}: ${seen.size} bytes are over the limit. Raise LOCKSTEP_MAX_FILE_MB on every server.`,
      };
  }
}

function observeFile(input: ObserveInput, seen: SeenFile): Observation {
  const { row, file, node, nowMs } = input;
  const previous = row?.entry;
  const mode = modeOf(previous, seen, input.modeMask ?? 0o777);
  if (previous?.state === 'live' && isUnchanged(previous, { ...seen, mode })) {
    return row?.stamp === seen.stamp ? { do: 'nothing' } : { do: 'restamp', stamp: seen.stamp };
  }
  const isFound = input.fresh && previous === undefined;
  const entry: LiveEntry = {
    state: 'live',
    folder: file.folder,
    path: file.path,
    digest: seen.digest,
    size: seen.size,
    mode,
    mtimeMs: seen.mtimeMs,
    version: isFound ? emptyVersion : bump(previous?.version ?? emptyVersion, node, nowMs),
    modifiedMs: laterThan(previous, input.live && !isFound ? nowMs : Math.min(nowMs, seen.mtimeMs)),
    modifiedBy: node,
  };
  return { do: 'record', entry, stamp: seen.stamp };
}

function observeAbsence(input: ObserveInput, keptParents: number): Observation {
  const { row, file, node, nowMs } = input;
  if (row?.entry.state !== 'live') return { do: 'nothing' };
  const entry: Entry = {
    state: 'deleted',
    folder: file.folder,
    path: file.path,
    keptParents,
    released: false,
    version: bump(row.entry.version, node, nowMs),
    // A scan cannot know when it was deleted: as early as cause allows.
    modifiedMs: laterThan(row.entry, input.live ? nowMs : 0),
    modifiedBy: node,
  };
  return { do: 'record', entry, stamp: null };
}

/** A mode that only the mask of this server made differ is the origin's still. */
function modeOf(previous: Entry | undefined, seen: SeenFile, modeMask: number): number {
  return previous?.state === 'live' && seen.mode === (previous.mode & modeMask) ? previous.mode : seen.mode;
}

function isUnchanged(entry: LiveEntry, seen: SeenFile): boolean {
  return entry.digest === seen.digest && entry.mode === seen.mode && entry.mtimeMs === seen.mtimeMs;
}

function laterThan(previous: Entry | undefined, ms: number): number {
  return Math.max(ms, previous === undefined ? 0 : previous.modifiedMs + 1);
}

function describe(kind: FileKind): string {
  return kind === 'symlink' ? 'a symbolic link stands there or on the way to it' : `a ${kind} stands there`;
}
