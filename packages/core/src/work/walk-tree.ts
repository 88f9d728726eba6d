import type { SyncPath } from '../model/path.js';
import type { Disk, DiskDirectory, DiskStat, FileKind } from '../ports/disk.js';

/** Rough cost of one entry of a directory. */
const entryMicros = 10;

/** What the walk asks and tells. */
export interface Walk {
  /** Whether to go into this directory. */
  enters(path: string): boolean;
  /** Whether to look at what is no directory; its metadata follow when it is a file. */
  meets(path: string, kind: FileKind): path is SyncPath;
  shows(path: SyncPath, stat: DiskStat): void;
  /** This directory could not be listed, or this file not looked at. */
  fails(path: string, error: unknown): void;
  breathe(costMicros: number): Promise<void>;
}

/** A directory that is being walked; those above it are held open, so that no link can lead the walk astray. */
interface Level {
  readonly directory: DiskDirectory;
  readonly prefix: string;
  /** Names of subdirectories still to be walked. */
  readonly ahead: string[];
}

/** Walks the tree below an open directory, which stays the caller's, depth first. `at` is its path in the folder. */
export async function walkTree(disk: Disk, top: DiskDirectory, at: string, walk: Walk): Promise<void> {
  const levels: Level[] = [await survey(disk, top, at === '' ? '' : `${at}/`, walk)];
  try {
    for (;;) {
      const level = levels.at(-1);
      if (level === undefined) return;
      const name = level.ahead.pop();
      if (name === undefined) {
        levels.pop();
        if (levels.length > 0) await level.directory.close();
        continue;
      }
      const below = await descend(disk, level, name, walk);
      if (below !== null) levels.push(below);
    }
  } finally {
    for (const level of levels.slice(1)) await level.directory.close();
  }
}

async function descend(disk: Disk, level: Level, name: string, walk: Walk): Promise<Level | null> {
  const path = `${level.prefix}${name}`;
  if (!walk.enters(path)) return null;
  try {
    const directory = await disk.openDirectory(`${level.directory.path}/${name}`);
    return directory === null ? null : await survey(disk, directory, `${path}/`, walk);
  } catch (error) {
    walk.fails(path, error);
    return null;
  }
}

/** Looks at everything in one directory except its subdirectories. */
async function survey(disk: Disk, directory: DiskDirectory, prefix: string, walk: Walk): Promise<Level> {
  const ahead: string[] = [];
  for (const { name, kind } of (await disk.list(directory.path)) ?? []) {
    if (kind === 'directory') ahead.push(name);
    else await look(disk, `${directory.path}/${name}`, `${prefix}${name}`, kind, walk);
    await walk.breathe(entryMicros);
  }
  return { directory, prefix, ahead };
}

async function look(disk: Disk, inside: string, path: string, kind: FileKind, walk: Walk): Promise<void> {
  if (!walk.meets(path, kind)) return;
  try {
    const stat = await disk.stat(inside);
    if (stat?.kind === 'file') walk.shows(path, stat);
  } catch (error) {
    walk.fails(path, error);
  }
}
