import type { Entry } from '@lockstep/core';

/** The `.syncignore` at a folder's root changed: other directories are to be watched, other files to be found. */
export function hasNewRules(entries: readonly Entry[], folder: string): boolean {
  return entries.some((entry) => entry.folder === folder && entry.path === '.syncignore');
}
