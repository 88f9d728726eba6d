import type { Entry, LiveEntry } from '../model/entry.js';
import type { FileKey } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { IndexRow, NewRow } from '../ports/index-store.js';
import type { ArchiveRow } from '../ports/index-tables.js';
import type { CommitPlan, Staged } from '../ports/work.js';
import { compare, decide, type Decision } from '../rules/index.js';
import { stageLocalCopy } from './bytes.js';
import type { Parts } from './parts.js';
import type { Incoming, Verdict } from './replica.js';

type Applied = Extract<Verdict, { status: 'settled' }>['applied'];

/** What one incoming entry asks for: a verdict at once, or a commit and what is recorded when it succeeds. */
export type Step =
  | { readonly do: 'answer'; readonly verdict: Verdict; readonly row?: NewRow }
  | {
      readonly do: 'commit';
      readonly plan: CommitPlan;
      readonly applied: Applied;
      readonly row: NewRow;
      readonly archived: Omit<ArchiveRow, 'id'> | null;
      readonly conflict: boolean;
      /** Bytes that this step brought into staging itself. */
      readonly copied: boolean;
      /** The old name's row, when the step moves a file. */
      readonly movedFrom?: NewRow;
    };

const settledAs = (applied: Applied): Verdict => ({ status: 'settled', applied });

/** What the disk is expected to hold: the row's file, or nothing when its deletion is held. */
function standing(
  parts: Parts,
  file: FileKey,
  row: IndexRow | undefined,
): { readonly stamp: string | null; readonly before: LiveEntry | undefined } {
  if (!row || row.entry.state !== 'live' || parts.held.holdOf(file) !== undefined)
    return { stamp: null, before: undefined };
  return { stamp: row.stamp, before: row.entry };
}

/**
 * Decides one entry against `local`, the row of its path, read just now. Bytes come from `incoming.staged`, else from what is here already, else
 * they are wanted.
 */
export async function planEntry(
  parts: Parts,
  incoming: Incoming,
  from: NodeId,
  local: IndexRow | undefined,
): Promise<Step> {
  const { entry } = incoming;
  const decision = decide(local?.entry, entry);
  switch (decision.do) {
    case 'ignore':
      parts.counters.known += 1;
      return { do: 'answer', verdict: settledAs('nothing') };
    case 'adopt':
      return planAdoption(parts, decision.entry, { incoming, from, local });
    case 'delete':
      return planDeletion(parts, decision, { incoming, from, local });
    case 'write':
      return planWrite(parts, decision, { incoming, from, local });
    case 'keep':
      return planKeep(parts, decision, incoming);
  }
}

/** What an entry is decided by. */
interface Deciding {
  readonly incoming: Incoming;
  readonly from: NodeId;
  /** The index row of the path. */
  readonly local: IndexRow | undefined;
}

/** The row of a decided entry; `local` is the one that it replaces. */
export function newRow(
  parts: Parts,
  entry: Entry,
  incoming: Entry,
  { from, local }: Pick<Deciding, 'from' | 'local'>,
): NewRow {
  // A joined version is news to the peer too: only an unchanged one was learned from it.
  const learned = compare(entry.version, incoming.version) === 'equal';
  const stamp = local?.stamp ?? null;
  return { entry, stamp, learnedFrom: learned ? from : null, recordedMs: parts.clock.now() };
}

function planAdoption(parts: Parts, entry: Entry, deciding: Deciding): Step {
  const { local, incoming } = deciding;
  const row = newRow(parts, entry, incoming.entry, deciding);
  if (entry.state === 'deleted')
    return planDeletion(parts, { do: 'delete', entry, conflict: false }, deciding);
  const before = local?.entry;
  const sameAttributes =
    before?.state === 'live' && before.mode === entry.mode && before.mtimeMs === entry.mtimeMs;
  if (sameAttributes || !local?.stamp) {
    parts.counters.known += 1;
    return { do: 'answer', verdict: settledAs('adopted'), row };
  }
  const { folder, path, mode, mtimeMs } = entry;
  const plan: CommitPlan = { do: 'touch', file: { folder, path }, expected: local.stamp, mode, mtimeMs };
  return { do: 'commit', plan, applied: 'adopted', row, archived: null, conflict: false, copied: false };
}

/** Also for a path without a row: the commit proves that no file stands there unobserved. */
function planDeletion(parts: Parts, decision: Extract<Decision, { do: 'delete' }>, deciding: Deciding): Step {
  const { entry, conflict } = decision;
  const { folder, path, keptParents } = entry;
  const { stamp, before } = standing(parts, entry, deciding.local);
  return {
    do: 'commit',
    plan: {
      do: 'delete',
      file: { folder, path },
      expected: stamp,
      archiveOld: before?.digest ?? null,
      keptParents,
    },
    applied: before ? 'deleted' : 'adopted',
    row: { ...newRow(parts, entry, deciding.incoming.entry, deciding), stamp: null },
    archived: before ? archiveRow(parts, before, conflict ? 'conflict' : 'deleted', entry.modifiedBy) : null,
    conflict,
    copied: false,
  };
}

async function planWrite(
  parts: Parts,
  decision: Extract<Decision, { do: 'write' }>,
  deciding: Deciding,
): Promise<Step> {
  const { entry, conflict } = decision;
  const { incoming, from } = deciding;
  const staged = incoming.staged ?? (await stageLocalCopy(parts, entry, incoming.copyFrom));
  if (!staged) return { do: 'answer', verdict: { status: 'want' } };
  // A row that was read before a wait is read again.
  const local = incoming.staged ? deciding.local : parts.index.get(entry);
  const { stamp, before } = standing(parts, entry, local);
  const archived = before
    ? archiveRow(parts, before, conflict ? 'conflict' : 'replaced', entry.modifiedBy)
    : null;
  const copied = incoming.staged === undefined;
  return {
    do: 'commit',
    plan: writePlan(entry, staged, stamp, before?.digest ?? null),
    applied: copied ? 'copied' : 'written',
    row: newRow(parts, entry, incoming.entry, { from, local }),
    archived,
    conflict,
    copied,
  };
}

/** The step of a commit that puts staged bytes at the entry's path. */
export function writePlan(
  entry: LiveEntry,
  staged: Staged,
  expected: string | null,
  archiveOld: LiveEntry['digest'] | null,
): CommitPlan {
  const { folder, path, mode, mtimeMs } = entry;
  return { do: 'write', file: { folder, path }, staged, mode, mtimeMs, expected, archiveOld };
}

/** The local version wins a conflict; the loser's bytes are wanted all the same, for the archive. */
async function planKeep(
  parts: Parts,
  decision: Extract<Decision, { do: 'keep' }>,
  incoming: Incoming,
): Promise<Step> {
  const { entry, loser } = decision;
  const stamp = parts.index.get(entry)?.stamp ?? null;
  const row: NewRow = { entry, stamp, learnedFrom: null, recordedMs: parts.clock.now() };
  if (loser.state === 'deleted') return { do: 'answer', verdict: settledAs('kept'), row };
  const staged = incoming.staged ?? (await stageLocalCopy(parts, loser, incoming.copyFrom));
  if (!staged) return { do: 'answer', verdict: { status: 'want' } };
  const archived = archiveRow(parts, loser, 'conflict', entry.modifiedBy);
  const copied = incoming.staged === undefined;
  return {
    do: 'commit',
    plan: { do: 'archive', staged },
    applied: 'kept',
    row,
    archived,
    conflict: true,
    copied,
  };
}

/** The record of content that goes to the archive. */
export function archiveRow(
  parts: Parts,
  old: LiveEntry,
  reason: ArchiveRow['reason'],
  by: NodeId,
): Omit<ArchiveRow, 'id'> {
  const { folder, path, digest, size, mode, mtimeMs } = old;
  return { folder, path, digest, size, mode, mtimeMs, archivedMs: parts.clock.now(), reason, by };
}
