import type { ArchiveReason, ArchiveRow } from '@lockstep/core';
import type { ArchiveLine } from './page-model.js';
import { byteWords, isoWords, nameWords } from './words.js';

/** Why content went to the archive, in words. */
export const archiveReasons: Readonly<Record<ArchiveReason, string>> = {
  replaced: 'Replaced',
  deleted: 'Deleted',
  conflict: 'Lost a conflict',
  'restored-over': 'Restored over',
};

/** True for a word that names a reason. */
export function isArchiveReason(word: string): word is ArchiveReason {
  return Object.hasOwn(archiveReasons, word);
}

/** One archived content in words. */
export function archiveLine(row: ArchiveRow): ArchiveLine {
  return {
    key: String(row.id),
    file: nameWords(`${row.folder}/${row.path}`),
    reason: archiveReasons[row.reason],
    by: nameWords(row.by),
    size: byteWords(row.size),
    at: isoWords(row.archivedMs),
    restoreAction: `api/archive/${row.id}/restore`,
    downloadUrl: `api/archive/${row.id}/download`,
  };
}
