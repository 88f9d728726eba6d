import { compareBytes } from '../model/compare-bytes.js';
import type { SyncPath } from '../model/path.js';
import type { Disk, DiskDirectory, DiskName, DiskStat, FileKind } from '../ports/disk.js';

/** Rough cost of one entry of a directory. */
const entryMicros = 10;

/** What the walk asks and tells. */
export interface Walk {
  /** Whether to go into this directory. */
  enters(path: string): boolean;
  /** Whether to look at what is no directory; its metadata follow when it is a file. */
  meets(path: string, kind: FileKind): path is SyncPath;
  /** Its failure ends the walk. */
  shows(path: SyncPath, stat: DiskStat): Promise<void>;
  /** This directory could not be listed, or this file not looked at. */
  fails(path: string, error: unknown): void;
  breathe(costMicros: number): Promise<void>;
}

/** A directory that is being walked; those above it are held open, so that no link can lead the walk astray. */
interface Level {
  readonly directory: DiskDirectory;
  readonly prefix: string;
  /** What is still to be walked, the next one last. */
  readonly ahead: DiskName[];
}

/**
 * Walks the tree below an open directory, which stays the caller's. `at` is its path in the folder. Files are met in the order of the bytes
 * of their paths.
 */
export async function walkTree(disk: Disk, top: DiskDirectory, at: string, walk: Walk): Promise<void> {
  const levels: Level[] = [await survey(disk, top, at === '' ? '' : `${at}/`)];
  try {
    for (;;) {
      const level = levels.at(-1);
      if (level === undefined) return;
      const next = level.ahead.pop();
      if (next === undefined) {
        levels.pop();
        if (levels.length > 0) await level.directory.close();
        continue;
      }
      await walk.breathe(entryMicros);
      const below = await visit(disk, level, next, walk);
      if (below !== null) levels.push(below);
    }
  } finally {
    for (const level of levels.slice(1)) await level.directory.close();
  }
}

/** Looks at a file, or gives the directory that is to be walked next. */
async function visit(disk: Disk, level: Level, { name, kind }: DiskName, walk: Walk): Promise<Level | null> {
  const path = `${level.prefix}${name}`;
  const inside = `${level.directory.path}/${name}`;
  if (kind === 'directory') return walk.enters(path) ? await descend(disk, inside, path, walk) : null;
  if (!walk.meets(path, kind)) return null;
  const stat = await look(disk, inside, path, walk);
  if (stat?.kind === 'file') await walk.shows(path, stat);
  return null;
}

async function descend(disk: Disk, inside: string, path: string, walk: Walk): Promise<Level | null> {
  let directory: DiskDirectory | null = null;
  try {
    directory = await disk.openDirectory(inside);
    return directory === null ? null : await survey(disk, directory, `${path}/`);
  } catch (error) {
    walk.fails(path, error);
    await directory?.close();
    return null;
  }
}

async function look(disk: Disk, inside: string, path: string, walk: Walk): Promise<DiskStat | null> {
  try {
    return await disk.stat(inside);
  } catch (error) {
    walk.fails(path, error);
    return null;
  }
}

/** The names in a directory. */
async function survey(disk: Disk, directory: DiskDirectory, prefix: string): Promise<Level> {
  const ahead = [...((await disk.list(directory.path)) ?? [])];
  return { directory, prefix, ahead: ahead.sort((a, b) => compareBytes(placeOf(b), placeOf(a))) };
}

/** Where a name stands among the others: what is in a directory comes where its name with a slash would. */
function placeOf({ name, kind }: DiskName): string {
  return kind === 'directory' ? `${name}/` : name;
}
