import { SyncError, isSyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { Disk, DiskDirectory } from '../ports/disk.js';
import { createHeldDirectories } from './held-directories.js';
import { directoryOf, type PlaceOf } from './places.js';

/** Where the walk from a folder's root to a directory ended. */
export type Way =
  | { readonly at: 'directory'; readonly directory: DiskDirectory }
  /** `kept` leading directories exist, the next one does not. */
  | { readonly at: 'missing'; readonly kept: number }
  /** A symbolic link stands in the way. */
  | { readonly at: 'link' }
  /** Something that is no directory stands in the way, below `kept` directories. */
  | { readonly at: 'blocked'; readonly kept: number };

/** Is told of each directory in which a new one was made. */
export type OnMade = (folder: string, parent: string) => void;

/**
 * The directories of one batch, entered component by component from the folder's root and never through a link. They
 * are held open and used as prefix of every operation, so that nothing outside the folder is touched even when somebody
 * swaps a parent for a link in between. Rejects with ROOT_MISSING when the folder itself is gone.
 */
export interface Parents {
  /** The directory that holds this file. */
  find(file: FileKey): Promise<Way>;
  /** The same, walked anew: a directory that was replaced meanwhile is noticed. */
  findAnew(file: FileKey): Promise<Way>;
  /** The same, making what is missing. */
  make(file: FileKey, onMade: OnMade): Promise<Way>;
  /** A directory by its path in the folder; the root for an empty path. */
  directory(folder: string, path: string): Promise<Way>;
  /** Gives up what is open. The caller owes this at the end of the batch. */
  close(): Promise<void>;
}

/** See `Parents`. */
export function createParents(disk: Disk, placeOf: PlaceOf): Parents {
  const held = createHeldDirectories();

  async function walk(folder: string, path: string, onMade?: OnMade): Promise<Way> {
    const known = await held.get(folder, path);
    if (known !== null) return { at: 'directory', directory: known };
    await held.makeRoom();
    let way: Way = {
      at: 'directory',
      directory:
        (await held.get(folder, '')) ?? (await held.hold(folder, '', await openRoot(disk, placeOf, folder))),
    };
    let parent = '';
    let depth = 0;
    for (const name of path === '' ? [] : path.split('/')) {
      if (way.at !== 'directory') break;
      const inside = `${way.directory.path}/${name}`;
      const child = parent === '' ? name : `${parent}/${name}`;
      way = await enter(folder, child, inside, depth);
      if (way.at === 'missing' && onMade !== undefined) {
        if (await disk.mkdir(inside)) onMade(folder, parent);
        way = await enter(folder, child, inside, depth);
      }
      parent = child;
      depth += 1;
    }
    return way;
  }

  async function enter(folder: string, path: string, inside: string, depth: number): Promise<Way> {
    const known = await held.get(folder, path);
    if (known !== null) return { at: 'directory', directory: known };
    try {
      const directory = await disk.openDirectory(inside);
      if (directory === null) return { at: 'missing', kept: depth };
      return { at: 'directory', directory: await held.hold(folder, path, directory) };
    } catch (error) {
      if (isSyncError(error, 'PATH_THROUGH_LINK')) return { at: 'link' };
      if (isSyncError(error, 'PATH_BLOCKED')) return { at: 'blocked', kept: depth };
      throw error;
    }
  }

  return {
    find: (file) => walk(file.folder, directoryOf(file.path)),
    findAnew: async (file) => {
      await held.close();
      return walk(file.folder, directoryOf(file.path));
    },
    make: (file, onMade) => walk(file.folder, directoryOf(file.path), onMade),
    directory: (folder, path) => walk(folder, path),
    close: held.close,
  };
}

async function openRoot(disk: Disk, placeOf: PlaceOf, folder: string): Promise<DiskDirectory> {
  const directory = await disk.openDirectory(placeOf(folder).root, { followLink: true });
  if (directory !== null) return directory;
  throw new SyncError('ROOT_MISSING', `Looked into the folder "${folder}", which is gone: create it again.`, {
    details: { folder },
  });
}
