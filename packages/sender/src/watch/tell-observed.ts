import { showText, type Entry, type Log } from '@lockstep/core';

/** The operators' line, once per observed change. */
export function tellObserved(log: Log, entries: readonly Entry[]): void {
  for (const { folder, path, state } of entries) {
    log.info(`File should be synced: ${showText(path, 1024)}`, { folder, state });
  }
}
