import { isSyncPath } from '@lockstep/core';
import { listOf, quote, refuse, type Setting } from './setting.js';

const remedy = 'List plain folder names, such as instance,templates,static.';

/** Names of the folders, each a single visible component below the root. Throws OPTION_INVALID. */
export function parseFolders(setting: Setting): readonly string[] {
  const folders = listOf(setting, remedy);
  if (folders.length === 0) throw refuse(setting, 'names no folder', remedy);
  const seen = new Set<string>();
  for (const folder of folders) {
    const problem = problemOf(folder);
    if (problem !== null) throw refuse(setting, `the folder name ${quote(folder)} ${problem}`, remedy);
    const key = folder.toLowerCase();
    if (seen.has(key)) throw refuse(setting, `names the folder ${quote(folder)} twice`, remedy);
    seen.add(key);
  }
  return Object.freeze(folders);
}

function problemOf(folder: string): string | null {
  if (folder.includes('/') || folder.includes('\\')) return 'contains a slash';
  if (folder.startsWith('.')) return 'begins with a dot';
  if (folder === 'node_modules') return 'belongs to npm';
  return isSyncPath(folder) ? null : 'is not a name that every platform can hold';
}
