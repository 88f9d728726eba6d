import type { LiveEntry, Tombstone } from '../model/entry.js';
import type { NodeId } from '../model/version-vector.js';
import type { IndexRow, NewRow } from '../ports/index-store.js';
import { decide } from '../rules/index.js';
import type { Parts } from './parts.js';
import { newRow, type Step } from './plan-entry.js';
import type { Incoming } from './replica.js';

/** A rename met in a batch: the places of its two entries, and the step that does both. */
export interface PlannedMove {
  readonly from: number;
  readonly to: number;
  readonly step: Extract<Step, { do: 'commit' }>;
}

/**
 * Finds deletions and new files of one batch that are the two halves of a rename: same folder, same content, the new name free, neither
 * in conflict. Such a file is renamed here too, so no byte is copied, flushed or archived.
 */
export function planMoves(
  parts: Parts,
  batch: readonly Incoming[],
  pending: readonly number[],
  from: NodeId,
): PlannedMove[] {
  const leaving = new Map<string, Leaving[]>();
  for (const at of pending) {
    const entry = batch[at]?.entry;
    if (entry?.state !== 'deleted') continue;
    const local = parts.index.get(entry);
    if (local?.entry.state !== 'live' || decide(local.entry, entry).do !== 'delete') continue;
    const key = contentKey(local.entry);
    leaving.set(key, [...(leaving.get(key) ?? []), { at, entry, local }]);
  }
  if (leaving.size === 0) return [];
  return pending.flatMap((to) => moveTo(parts, batch, to, leaving, from));
}

/** A deletion of a file that is here: its place in the batch. */
interface Leaving {
  readonly at: number;
  readonly entry: Tombstone;
  readonly local: IndexRow;
}

/** Digest and size: a file announced with a false size is not the one that goes. */
function contentKey({ folder, digest, size }: LiveEntry): string {
  return `${folder}\0${digest}\0${size}`;
}

function moveTo(
  parts: Parts,
  batch: readonly Incoming[],
  to: number,
  leaving: ReadonlyMap<string, Leaving[]>,
  from: NodeId,
): PlannedMove[] {
  const incoming = batch[to];
  if (incoming?.entry.state !== 'live' || incoming.staged) return [];
  const { entry, copyFrom } = incoming;
  if (copyFrom && !copyFrom.includes(entry.folder)) return [];
  const candidates = leaving.get(contentKey(entry));
  if (candidates === undefined) return [];
  const local = parts.index.get(entry);
  const decision = decide(local?.entry, entry);
  if (local?.entry.state === 'live' || decision.do !== 'write' || decision.conflict) return [];
  const old = candidates.pop();
  if (!old?.local.stamp) return [];
  const gone = old.entry;
  const { folder, path, mode, mtimeMs } = entry;
  const movedFrom: NewRow = {
    ...newRow(parts, gone, gone, { from, local: old.local }),
    stamp: null,
  };
  const plan = {
    ...({ do: 'move', file: { folder, path }, from: { folder, path: gone.path } } as const),
    ...{ expected: old.local.stamp, mode, mtimeMs, keptParents: gone.keptParents },
  };
  const row = newRow(parts, entry, entry, { from, local });
  const step = {
    do: 'commit',
    plan,
    applied: 'copied',
    row,
    archived: null,
    conflict: false,
    copied: false,
    movedFrom,
  } as const;
  return [{ from: old.at, to, step }];
}
