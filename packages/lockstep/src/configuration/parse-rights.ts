import type { RightsTable } from '@lockstep/receiver';
import { quote, refuse, type Setting } from './setting.js';

const rights: readonly unknown[] = ['read', 'write', 'delete'];
const remedy = 'Give {peer: {folder: ["read", "write", "delete"]}}.';

/** What each peer may do with each folder. Throws OPTION_INVALID for a folder or a right that does not exist. */
export function parseRights(setting: Setting, folders: readonly string[]): RightsTable {
  for (const [peer, table] of entriesOf(setting.value, setting)) {
    for (const [folder, granted] of entriesOf(table, setting)) {
      if (!folders.includes(folder))
        throw refuse(setting, `gives ${peer} rights for the unknown folder ${quote(folder)}`, remedy);
      const list: readonly unknown[] = Array.isArray(granted) ? granted : [granted];
      const wrong = list.find((right) => !rights.includes(right));
      if (wrong !== undefined)
        throw refuse(setting, `gives ${peer} the unknown right ${quote(wrong)}`, remedy);
    }
  }
  return setting.value as RightsTable;
}

function entriesOf(value: unknown, setting: Setting): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(setting, 'is no table', remedy);
  return Object.entries(value);
}
