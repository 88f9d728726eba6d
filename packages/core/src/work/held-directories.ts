import type { DiskDirectory } from '../ports/disk.js';

/** Bounds the open descriptors of one batch; a full batch of files in as many directories fits. */
const maxOpen = 300;

/** Directories held open for one batch, by folder and path. */
export interface HeldDirectories {
  /** Null when it is not held, or its name leads elsewhere by now. */
  readonly get: (folder: string, path: string) => Promise<DiskDirectory | null>;
  readonly hold: (folder: string, path: string, directory: DiskDirectory) => Promise<DiskDirectory>;
  /** Gives all of them up when there are too many. */
  readonly makeRoom: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** See `HeldDirectories`. */
export function createHeldDirectories(): HeldDirectories {
  const open = new Map<string, DiskDirectory>();

  async function close(): Promise<void> {
    const directories = [...open.values()];
    open.clear();
    for (const directory of directories) await directory.close();
  }

  return {
    get: async (folder, path) => {
      const directory = open.get(`${folder}\0${path}`);
      return directory !== undefined && (await directory.isCurrent()) ? directory : null;
    },
    hold: async (folder, path, directory) => {
      const key = `${folder}\0${path}`;
      await open.get(key)?.close();
      open.set(key, directory);
      return directory;
    },
    makeRoom: async () => {
      if (open.size >= maxOpen) await close();
    },
    close,
  };
}
