import { isSyncPath } from '../model/parse-path.js';
import type { SyncPath } from '../model/path.js';
import type { Disk, FileKind } from '../ports/disk.js';
import type { IgnoreSpec, Listed, Listing } from '../ports/work.js';
import { createIgnore, describeSkip, type Ignore } from '../rules/ignore.js';
import { createBreather } from './breather.js';
import { createParents } from './parents.js';
import type { PlaceOf } from './places.js';
import { problemOf } from './problem.js';
import { walkTree } from './walk-tree.js';

const absent: Listing = { rootPresent: false, rootIdentity: null, files: [], skipped: [], unreadable: [] };

type Skipped = Listing['skipped'][number];
type Unreadable = Listing['unreadable'][number];

/** What a walk has found so far. */
interface Found {
  readonly files: Listed[];
  readonly skipped: Skipped[];
  readonly unreadable: Unreadable[];
}

/** Lists a folder: see `Work.list`. Directories that the rules exclude are not entered. */
export async function listFolder(
  disk: Disk,
  placeOf: PlaceOf,
  folder: string,
  options: { readonly directory?: SyncPath; readonly ignore: IgnoreSpec },
): Promise<Listing> {
  const ignore = createIgnore(options.ignore);
  const from = options.directory ?? '';
  const found: Found = { files: [], skipped: [], unreadable: [] };
  const root = await openRoot(disk, placeOf(folder).root);
  if (root === 'missing') return absent;
  if (root !== 'unreadable') {
    try {
      if (admitsDirectory(ignore, found, folder, from))
        await fill(disk, placeOf, ignore, found, folder, from);
    } finally {
      await root.close();
    }
    return { rootPresent: true, rootIdentity: root.identity, ...found };
  }
  return { ...absent, rootPresent: true, unreadable: [{ path: '', code: 'NOT_PERMITTED' }] };
}

/** See `Work.rootIdentity`. */
export async function identifyRoot(disk: Disk, placeOf: PlaceOf, folder: string): Promise<string | null> {
  const root = await openRoot(disk, placeOf(folder).root);
  if (root === 'missing' || root === 'unreadable') return null;
  await root.close();
  return root.identity;
}

async function openRoot(disk: Disk, root: string) {
  try {
    return (await disk.openDirectory(root, { followLink: true })) ?? 'missing';
  } catch (error) {
    return problemOf(error).code === 'NOT_PERMITTED' ? 'unreadable' : 'missing';
  }
}

async function fill(
  disk: Disk,
  placeOf: PlaceOf,
  ignore: Ignore,
  found: Found,
  folder: string,
  from: string,
): Promise<void> {
  const parents = createParents(disk, placeOf);
  try {
    const way = await parents.directory(folder, from);
    if (way.at === 'link') skip(found, from, 'symbolic link');
    if (way.at !== 'directory') return;
    await walkTree(disk, way.directory, from, {
      breathe: createBreather(),
      enters: (path) => admitsDirectory(ignore, found, folder, path),
      meets: (path, kind) => admitsFile(ignore, found, folder, path, kind),
      shows: (path, stat) => {
        if (ignore.tooLarge(stat.size))
          found.skipped.push({ path, reason: 'Skipping file due to size', size: stat.size });
        else
          found.files.push({
            path,
            size: stat.size,
            mode: stat.mode,
            mtimeMs: stat.mtimeMs,
            stamp: stat.stamp,
          });
      },
      fails: (path, error) => {
        const { code } = problemOf(error);
        if (code === 'PATH_THROUGH_LINK' || code === 'PATH_BLOCKED')
          skip(found, path, 'change while it was listed');
        else found.unreadable.push({ path, code });
      },
    });
  } finally {
    await parents.close();
  }
}

function admitsDirectory(ignore: Ignore, found: Found, folder: string, path: string): boolean {
  if (path === '') return true;
  const verdict = ignore.verdict(folder, path, 'directory');
  if (verdict.ignored) {
    found.skipped.push({ path, reason: describeSkip(verdict), size: null });
    return false;
  }
  if (isSyncPath(path)) return true;
  skip(found, path, 'invalid path');
  return false;
}

function admitsFile(
  ignore: Ignore,
  found: Found,
  folder: string,
  path: string,
  kind: FileKind,
): path is SyncPath {
  const verdict = ignore.verdict(folder, path, kind);
  if (verdict.ignored) {
    found.skipped.push({ path, reason: describeSkip(verdict), size: null });
    return false;
  }
  if (isSyncPath(path)) return true;
  skip(found, path, 'invalid path');
  return false;
}

function skip(found: Found, path: string, why: string): void {
  found.skipped.push({ path, reason: `Skipping file due to ${why}`, size: null });
}
