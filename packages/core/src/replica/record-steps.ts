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

/** Rows written in one turn of the event loop: of a batch of 250 at once the host app would notice. */
const rowsPerTurn = 100;

/** Records a committed step in one transaction, then tells of it. `from` is null for a change made through this server. */
export function recordSteps(parts: Parts, done: readonly Done[], from: NodeId | null): void {
  if (done.length === 0) return;
  write(parts, done, from, { lazy: false });
  tell(parts, done, from);
}

/**
 * The same for a batch of any size, which takes several turns of the event loop. Only the last transaction is flushed, and it covers those
 * before it: when this resolves, all of the batch is durable. After a crash in between, some rows are missing whose files are on the
 * disk, as after a crash just before. It is told of when all of it was written.
 */
export async function recordBatch(parts: Parts, done: readonly Done[], from: NodeId | null): Promise<void> {
  for (let at = 0; at < done.length; at += rowsPerTurn) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    try {
      write(parts, done.slice(at, at + rowsPerTurn), from, { lazy: at + rowsPerTurn < done.length });
    } catch (error) {
      owe(parts, done.slice(at + rowsPerTurn));
      throw error;
    }
  }
  if (done.length > 0) tell(parts, done, from);
}

function tell(parts: Parts, done: readonly Done[], from: NodeId | null): void {
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
function write(
  parts: Parts,
  done: readonly Done[],
  from: NodeId | null,
  transaction: { readonly lazy: boolean },
): void {
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
    }, transaction);
    parts.unflushed.rows = transaction.lazy;
  } catch (error) {
    owe(parts, done);
    throw error;
  }
}

function owe(parts: Parts, done: readonly Done[]): void {
  for (const one of done) if (one.step) for (const key of keysOf(one)) parts.owed.set(key, one);
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
