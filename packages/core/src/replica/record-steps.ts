import { keyOf } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { NewRow } from '../ports/index-store.js';
import type { ActivityRow } from '../ports/index-tables.js';
import type { AppliedChange } from './events.js';
import type { Parts } from './parts.js';
import type { Step } from './plan-entry.js';

/** A row to record, and the commit behind it when there was one. */
export interface Done {
  readonly row: NewRow;
  readonly step?: Extract<Step, { do: 'commit' }>;
}

/** Records a committed batch in one transaction, then tells of it. `from` is null for a change made through this server. */
export function recordSteps(parts: Parts, done: readonly Done[], from: NodeId | null): void {
  if (done.length === 0) return;
  write(parts, done, from);
  for (const ended of parts.held.withdraw(done.map(({ row }) => row.entry)))
    parts.events.emit('unheld', ended);
  parts.counters.copied += done.filter(({ step }) => step?.applied === 'copied').length;
  parts.counters.conflicts += done.filter(({ step }) => step?.conflict).length;
  for (const { row, step } of done) if (step) say(parts, row, step);
  const entries = done.flatMap(({ row, step }) => [
    ...(step?.movedFrom ? [step.movedFrom.entry] : []),
    row.entry,
  ]);
  parts.events.emit('recorded', { sequence: parts.index.lastSequence(), entries, from });
  const changes = done.flatMap(({ row, step }) => (step ? changeOf(row, step) : []));
  if (changes.length > 0) parts.events.emit('applied', { changes, from });
}

/** What cannot be written stays owed, so that nobody takes what is on the disk for a local edit. */
function write(parts: Parts, done: readonly Done[], from: NodeId | null): void {
  try {
    parts.index.transact(() => {
      for (const { row, step } of done) {
        if (step?.movedFrom) parts.index.put(step.movedFrom);
        parts.index.put(row);
        if (step?.archived) parts.index.archive.add(step.archived);
      }
      parts.index.activity.add(
        done.flatMap(({ row, step }) => (step ? activityOf(parts, row, step, from) : [])),
      );
    });
    parts.unflushed.rows = false;
  } catch (error) {
    for (const one of done) if (one.step) for (const key of keysOf(one)) parts.owed.set(key, one);
    throw error;
  }
}

/** The keys of the paths that a commit changed. */
export function keysOf({ row, step }: Done): string[] {
  return step?.movedFrom ? [keyOf(row.entry), keyOf(step.movedFrom.entry)] : [keyOf(row.entry)];
}

function say(parts: Parts, row: NewRow, step: NonNullable<Done['step']>): void {
  if (!step.conflict) return;
  const { path, folder } = row.entry;
  parts.log.warn(`Conflict at ${path} (base_folder: ${folder}): the other content is in the archive`, {
    winner: row.entry.modifiedBy,
  });
}

function changeOf(row: NewRow, step: NonNullable<Done['step']>): AppliedChange[] {
  const { entry } = row;
  const { conflict } = step;
  if (step.movedFrom) {
    return [
      { entry: step.movedFrom.entry, what: 'deleted', conflict },
      { entry, what: 'written', conflict },
    ];
  }
  if (step.applied === 'kept') return [];
  if (entry.state === 'deleted')
    return step.applied === 'deleted' ? [{ entry, what: 'deleted', conflict }] : [];
  return [{ entry, what: step.plan.do === 'touch' ? 'touched' : 'written', conflict }];
}

function kindOf({ entry }: NewRow, step: NonNullable<Done['step']>): ActivityRow['kind'] {
  if (step.conflict) return 'conflict';
  if (step.movedFrom) return 'moved';
  return entry.state === 'deleted' ? 'deleted-here' : 'received';
}

function activityOf(
  parts: Parts,
  row: NewRow,
  step: NonNullable<Done['step']>,
  from: NodeId | null,
): Omit<ActivityRow, 'id'>[] {
  const { entry } = row;
  const { folder, path } = entry;
  if (entry.state === 'deleted' && step.applied === 'adopted') return [];
  const atMs = parts.clock.now();
  const kind = kindOf(row, step);
  const bytes = entry.state === 'live' && step.applied === 'written' ? entry.size : 0;
  const ms = Math.max(0, atMs - entry.modifiedMs);
  const message = step.conflict ? `${entry.modifiedBy} won; the other content is in the archive` : null;
  return [{ atMs, kind, folder, path, peer: from, bytes, ms, code: null, message }];
}
