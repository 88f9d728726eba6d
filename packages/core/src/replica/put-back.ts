import { SyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { Staged } from '../ports/work.js';
import type { Parts } from './parts.js';
import { writePlan } from './plan-entry.js';

/**
 * Puts a missing file back as the index says it was. Its version stays: for the peers nothing happened.
 * Throws NOT_FOUND when the index has no such live file, CHECKSUM_MISMATCH for other bytes, CHANGED_MEANWHILE when a file stands there.
 */
export async function putBack(parts: Parts, file: FileKey, staged: Staged): Promise<void> {
  const release = await parts.locks.acquire([file]);
  try {
    const row = parts.index.get(file);
    if (row?.entry.state !== 'live')
      throw new SyncError('NOT_FOUND', `${file.path} is no live file of ${file.folder}.`);
    if (row.entry.digest !== staged.digest) {
      throw new SyncError(
        'CHECKSUM_MISMATCH',
        `The bytes offered for ${file.path} are another version than the index names.`,
      );
    }
    const [outcome] = await parts.work.commit([writePlan(row.entry, staged, null, null)]);
    if (outcome?.done === 'failed')
      throw new SyncError(outcome.code, outcome.message, { details: { path: file.path } });
    if (outcome?.done !== 'committed') {
      throw new SyncError('CHANGED_MEANWHILE', `A file stands at ${file.path} again; it was left alone.`);
    }
    parts.index.restamp(file, outcome.stamp);
    for (const ended of parts.held.withdraw([file])) parts.events.emit('unheld', ended);
  } finally {
    await parts.work.discard([staged]);
    release();
  }
}
