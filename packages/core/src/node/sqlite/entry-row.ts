import { SyncError } from '../../model/error.js';
import type { Digest, SyncPath } from '../../model/path.js';
import type { IndexRow, NewRow } from '../../ports/index-store.js';
import type { Value } from './connection.js';
import { parseVersion } from './parse-version.js';

/** The columns of `entries`, in the order of the table. */
export interface StoredEntry {
  readonly sequence: number;
  readonly folder: string;
  readonly path: string;
  readonly deleted: number;
  readonly version: string;
  readonly modified_ms: number;
  readonly modified_by: string;
  readonly digest: string | null;
  readonly size: number | null;
  readonly mode: number | null;
  readonly mtime_ms: number | null;
  readonly kept_parents: number | null;
  readonly released: number | null;
  readonly stamp: string | null;
  readonly learned_from: string | null;
  readonly recorded_ms: number;
}

/** The values of a row in the order of the table. `version` is the entry's version as text. */
export function entryValues(row: NewRow, sequence: number, version: string): readonly Value[] {
  const { entry } = row;
  const isLive = entry.state === 'live';
  return [
    sequence,
    entry.folder,
    entry.path,
    isLive ? 0 : 1,
    version,
    entry.modifiedMs,
    entry.modifiedBy,
    isLive ? entry.digest : null,
    isLive ? entry.size : null,
    isLive ? entry.mode : null,
    isLive ? entry.mtimeMs : null,
    isLive ? null : entry.keptParents,
    isLive ? null : Number(entry.released),
    row.stamp,
    row.learnedFrom,
    row.recordedMs,
  ];
}

/** The row that `entryValues` wrote. Throws INDEX_DAMAGED for one that it cannot have written. */
export function parseEntryRow(stored: StoredEntry): IndexRow {
  const base = {
    folder: stored.folder,
    path: stored.path as SyncPath,
    version: parseVersion(stored.version),
    modifiedMs: stored.modified_ms,
    modifiedBy: stored.modified_by,
  };
  const known = {
    sequence: stored.sequence,
    stamp: stored.stamp,
    learnedFrom: stored.learned_from,
    recordedMs: stored.recorded_ms,
  };
  const { digest, size, mode, mtime_ms: mtimeMs, kept_parents: keptParents, released } = stored;
  if (stored.deleted !== 0 && keptParents !== null) {
    return { entry: { ...base, state: 'deleted', keptParents, released: released === 1 }, ...known };
  }
  if (stored.deleted !== 0 || digest === null || size === null || mode === null || mtimeMs === null) {
    const message = `Could not read row ${stored.sequence} of the index: columns are missing; it is rebuilt when it is opened again.`;
    throw new SyncError('INDEX_DAMAGED', message, { details: { sequence: stored.sequence } });
  }
  return { entry: { ...base, state: 'live', digest: digest as Digest, size, mode, mtimeMs }, ...known };
}
