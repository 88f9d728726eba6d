import type { SyncPath } from '../../model/path.js';
import type { IndexStore } from '../../ports/index-store.js';
import type { Connection } from './connection.js';

interface Stored {
  readonly path: string;
  readonly stamp: string | null;
  readonly deleted: number;
}

/** The light reading of entries for scans: no version is parsed. */
export function openStamps(connection: Connection): Pick<IndexStore, 'stamps'> {
  const select = 'SELECT path, stamp, deleted FROM entries WHERE folder = ? AND path > ?';
  const ofFolder = connection.prepare<[string, string, number], Stored>(
    'read the stamps of a folder',
    `${select} ORDER BY path LIMIT ?`,
  );
  const ofDirectory = connection.prepare<[string, string, string, number], Stored>(
    'read the stamps of a directory',
    `${select} AND path < ? ORDER BY path LIMIT ?`,
  );
  return {
    stamps: ({ folder, directory, after, limit }) => {
      const stored =
        directory === undefined
          ? ofFolder.all(folder, after ?? '', limit)
          : // One lower bound: of two, SQLite takes the first for the search and reads the rest of the folder.
            ofDirectory.all(folder, after ?? `${directory}/`, `${directory}0`, limit);
      return stored.map(({ path, stamp, deleted }) => ({
        path: path as SyncPath,
        stamp,
        state: deleted === 0 ? 'live' : 'deleted',
      }));
    },
  };
}
