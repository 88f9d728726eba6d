import { keyOf } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import { deletionWindowMs, judgeDeletions } from '../rules/index.js';
import { contentLost, liveFiles } from './hold-deletions.js';
import type { Parts } from './parts.js';
import type { Step } from './plan-entry.js';

type Commit = Extract<Step, { do: 'commit' }>;

/**
 * The receiver's own guard against a mass deletion: a peer should have held it already, so this one catches a peer that does not.
 * Gives the keys of the deletions that are refused for now.
 */
export function holdIncoming(parts: Parts, steps: readonly Commit[], from: NodeId): ReadonlySet<string> {
  const held = new Set<string>();
  const nowMs = parts.clock.now();
  const suspects = steps.filter(({ row, applied }) => {
    const { entry } = row;
    return (
      applied === 'deleted' &&
      entry.state === 'deleted' &&
      !entry.released &&
      !parts.permits.isPermitted(entry, nowMs)
    );
  });
  for (const folder of new Set(suspects.map(({ row }) => row.entry.folder))) {
    const batch = suspects.filter(({ row }) => row.entry.folder === folder).map(({ row }) => row.entry);
    const times = batch.map((entry) => entry.modifiedMs).sort((a, b) => a - b);
    const middle = times[Math.floor(times.length / 2)] ?? nowMs;
    const together = batch.filter((entry) => Math.abs(entry.modifiedMs - middle) <= deletionWindowMs);
    const reason = judgeDeletions({
      liveBefore: liveFiles(parts, folder),
      deletedBefore: parts.deletions.count(folder, from, middle),
      deleting: contentLost(parts, together),
      rootPresent: true,
      rootSame: true,
    });
    if (!reason) {
      parts.deletions.add(folder, from, times);
      continue;
    }
    for (const entry of batch) held.add(keyOf(entry));
    const paths = batch.map((entry) => entry.path);
    const id = parts.index.holds.add({ folder, reason, peer: from, createdMs: nowMs, paths });
    parts.log.warn(`Deletions of ${from} held: ${paths.length} files of ${folder} (${reason})`, {
      code: 'DELETION_HELD',
      hold: id,
    });
    parts.events.emit('held', { id, folder, paths: paths.length, peer: from });
  }
  return held;
}
