import type { LiveEntry, Tombstone } from '../model/entry.js';
import { SyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { IndexRow, NewRow } from '../ports/index-store.js';
import type { ArchiveReason } from '../ports/index-tables.js';
import type { CommitPlan, Staged } from '../ports/work.js';
import { bump, emptyVersion } from '../rules/index.js';
import { observeLocked, reloadRules } from './observe-paths.js';
import { commitPlans } from './commit-plans.js';
import type { Parts } from './parts.js';
import { archiveRow, writePlan, type Step } from './plan-entry.js';
import { recordOwed } from './recover.js';
import { recordSteps } from './record-steps.js';

const defaultMode = 0o644;
const maxRounds = 4;

/** A change made through this server itself. `why` is the reason under which the old content goes to the archive. */
export interface LocalWrite {
  readonly file: FileKey;
  readonly staged: Staged;
  readonly mode?: number | undefined;
  readonly mtimeMs?: number | undefined;
  readonly why: ArchiveReason;
}

/** Puts staged bytes at a path as a new version of this node. The staged file is consumed or discarded. */
export async function writeLocally(parts: Parts, write: LocalWrite): Promise<LiveEntry> {
  const { file, staged } = write;
  refuseIgnored(parts, file, staged.size);
  const release = await parts.locks.acquire([file]);
  try {
    return await commitNewVersion(parts, file, (row) => {
      const { folder, path } = file;
      const before = row?.entry.state === 'live' ? row.entry : undefined;
      const entry: LiveEntry = {
        ...{ folder, path, state: 'live', digest: staged.digest, size: staged.size },
        ...nextVersion(parts, row),
        mode: write.mode ?? before?.mode ?? defaultMode,
        mtimeMs: write.mtimeMs ?? parts.clock.now(),
      };
      const plan = writePlan(entry, staged, row?.stamp ?? null, before?.digest ?? null);
      const archived = before ? archiveRow(parts, before, write.why, parts.node) : null;
      return { entry, step: stepOf(parts, plan, entry, archived, 'written') };
    });
  } finally {
    await parts.work.discard([staged]);
    release();
    await reloadRules(parts, [file]);
  }
}

/** Deletes a file as a new version of this node; null when there is none. */
export async function removeLocally(parts: Parts, file: FileKey): Promise<Tombstone | null> {
  refuseIgnored(parts, file, 0);
  const release = await parts.locks.acquire([file]);
  try {
    await observeLocked(parts, [{ ...file, confirmed: true, live: true }]);
    if (parts.index.get(file)?.entry.state !== 'live') return null;
    return await commitNewVersion(parts, file, (row) => {
      const { folder, path } = file;
      const before = row?.entry.state === 'live' ? row.entry : undefined;
      const keptParents = path.split('/').length - 1;
      const entry: Tombstone = {
        folder,
        path,
        state: 'deleted',
        keptParents,
        released: false,
        ...nextVersion(parts, row),
      };
      const expected = row?.stamp ?? null;
      const plan: CommitPlan = {
        do: 'delete',
        file: { folder, path },
        expected,
        archiveOld: before?.digest ?? null,
        keptParents,
      };
      const archived = before ? archiveRow(parts, before, 'deleted', parts.node) : null;
      return { entry, step: stepOf(parts, plan, entry, archived, 'deleted') };
    });
  } finally {
    release();
  }
}

type Commit = Extract<Step, { do: 'commit' }>;

/** Commits what `make` plans on the row as it is now; a local edit met on the way is observed first. */
async function commitNewVersion<E extends LiveEntry | Tombstone>(
  parts: Parts,
  file: FileKey,
  make: (row: IndexRow | undefined) => { entry: E; step: Commit },
): Promise<E> {
  recordOwed(parts, [file]);
  for (let round = 0; round < maxRounds; round += 1) {
    const { entry, step } = make(parts.index.get(file));
    const [outcome] = await commitPlans(parts, [step.plan]);
    if (outcome?.done === 'committed') {
      recordSteps(parts, [{ row: { ...step.row, stamp: outcome.stamp }, step }], null);
      return entry;
    }
    if (outcome?.done === 'failed')
      throw new SyncError(outcome.code, outcome.message, { details: { path: file.path } });
    await observeLocked(parts, [{ ...file, confirmed: true, live: true }]);
  }
  throw new SyncError('CHANGED_MEANWHILE', `${file.path} kept changing while it was written; try again.`);
}

function nextVersion(
  parts: Parts,
  row: IndexRow | undefined,
): Pick<LiveEntry, 'version' | 'modifiedMs' | 'modifiedBy'> {
  const nowMs = parts.clock.now();
  return {
    version: bump(row?.entry.version ?? emptyVersion, parts.node, nowMs),
    modifiedMs: Math.max(nowMs, (row?.entry.modifiedMs ?? 0) + 1),
    modifiedBy: parts.node,
  };
}

function stepOf(
  parts: Parts,
  plan: CommitPlan,
  entry: NewRow['entry'],
  archived: Commit['archived'],
  applied: Commit['applied'],
): Commit {
  const row: NewRow = { entry, stamp: null, learnedFrom: null, recordedMs: parts.clock.now() };
  return { do: 'commit', plan, applied, row, archived, conflict: false, copied: false };
}

function refuseIgnored(parts: Parts, file: FileKey, size: number): void {
  const why = parts.ignore.why(file);
  if (why !== null)
    throw new SyncError('PATH_IGNORED', why, { details: { base_folder: file.folder, path: file.path } });
  if (!parts.ignore.tooLarge(size)) return;
  const message = `${file.path} has ${size} bytes; this server takes ${parts.maxFileBytes} at most.`;
  throw new SyncError('FILE_TOO_LARGE', message, {
    details: { path: file.path, size, max: parts.maxFileBytes },
  });
}
