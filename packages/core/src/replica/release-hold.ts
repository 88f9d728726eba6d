import type { Tombstone } from '../model/entry.js';
import { SyncError } from '../model/error.js';
import type { HoldRow } from '../ports/index-tables.js';
import type { NewRow } from '../ports/index-store.js';
import { observe } from '../rules/index.js';
import { record } from './record-observed.js';
import type { Parts } from './parts.js';
import { recordOwed } from './recover.js';

/** How long a peer's released deletions are accepted: its longest backoff is a minute. */
const permitMs = 600_000;

/** Lets a held batch go, exactly that batch. Throws NOT_FOUND. */
export async function releaseHold(parts: Parts, id: number): Promise<void> {
  const hold = parts.index.holds.get(id);
  if (!hold)
    throw new SyncError('NOT_FOUND', `There is no hold ${id}; it was released, or its files came back.`);
  if (hold.peer === null) await recordReleased(parts, hold);
  else {
    const files = hold.paths.map((path) => ({ folder: hold.folder, path }));
    parts.permits.permit(files, parts.clock.now() + permitMs);
  }
  parts.index.holds.remove(id);
  parts.held.refresh();
  parts.index.activity.add([
    {
      ...{ atMs: parts.clock.now(), kind: 'released', folder: hold.folder, path: null, peer: hold.peer },
      ...{ bytes: 0, ms: null, code: null, message: `${hold.paths.length} deletions released` },
    },
  ]);
  parts.log.info(`Hold released: ${hold.paths.length} deletions in ${hold.folder}`, { hold: id });
  parts.events.emit('unheld', { id, folder: hold.folder });
}

/** Records the deletions of files that are still missing, marked as released so that no receiver holds them again. */
async function recordReleased(parts: Parts, hold: HoldRow): Promise<void> {
  const files = hold.paths.map((path) => ({ folder: hold.folder, path }));
  const release = await parts.locks.acquire(files);
  try {
    recordOwed(parts, files);
    const seen = await parts.work.inspect(files, { maxFileBytes: parts.maxFileBytes, keepBytesUpTo: 0 });
    const rows = files.flatMap((file, at): NewRow[] => {
      const what = seen[at];
      if (what?.kind !== 'missing') return [];
      const nowMs = parts.clock.now();
      const row = parts.index.get(file);
      const found = observe({ file, row, seen: what, node: parts.node, nowMs, fresh: false, live: true });
      if (found.do !== 'record' || found.entry.state !== 'deleted') return [];
      const entry: Tombstone = { ...found.entry, released: true };
      return [{ entry, stamp: null, learnedFrom: null, recordedMs: nowMs }];
    });
    await record(parts, rows);
  } finally {
    release();
  }
}
