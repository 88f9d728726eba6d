import { showText, SyncError } from '@lockstep/core';
import type { Parts } from '../parts.js';

/** The folder of this name. Throws FOLDER_UNKNOWN. */
export function knownFolder(parts: Parts, folder: string): string {
  if (parts.options.replica.folders.includes(folder)) return folder;
  throw folderUnknown(parts, folder);
}

/** FOLDER_UNKNOWN, naming the folders that there are. */
export function folderUnknown(parts: Parts, folder: string): SyncError {
  const shown = showText(folder);
  return new SyncError(
    'FOLDER_UNKNOWN',
    `Refused base_folder "${shown}": this server has ${parts.options.replica.folders.join(', ')} (LOCKSTEP_FOLDERS).`,
    { details: { base_folder: shown } },
  );
}
