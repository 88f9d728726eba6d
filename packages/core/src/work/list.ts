import type { ErrorCode } from '../model/error-catalogue.js';
import { isSyncPath } from '../model/parse-path.js';
import type { SyncPath } from '../model/path.js';
import type { Disk, DiskDirectory, FileKind } from '../ports/disk.js';
import type { IgnoreSpec, Listed, Listing, TakeListed } from '../ports/work.js';
import { createIgnore, describeSkip, type Ignore } from '../rules/ignore.js';
import { createBreather } from './breather.js';
import { createParents, type Parents } from './parents.js';
import type { PlaceOf } from './places.js';
import { problemOf } from './problem.js';
import { walkTree } from './walk-tree.js';

const absent: Listing = { rootPresent: false, rootIdentity: null, files: 0, skipped: [], unreadable: [] };

type Skipped = Listing['skipped'][number];
type Unreadable = Listing['unreadable'][number];

/** Files in one page: about a millisecond of the event loop of whoever takes it in. */
const pageSize = 1_000;

/** What a walk has found so far. */
interface Found {
  /** Files that were handed on. */
  files: number;
  readonly skipped: Skipped[];
  readonly unreadable: Unreadable[];
}

/** Lists a folder: see `Work.list`. Directories that the rules exclude are not entered. */
export async function listFolder(
  disk: Disk,
  placeOf: PlaceOf,
  folder: string,
  options: { readonly directory?: SyncPath; readonly ignore: IgnoreSpec },
  take: TakeListed,
): Promise<Listing> {
  const parents = createParents(disk, placeOf);
  try {
    const root = await rootOf(parents, folder);
    if (root === null) return absent;
    if (typeof root === 'string')
      return { ...absent, rootPresent: true, unreadable: [{ path: '', code: root }] };
    const rootIdentity = await root.identity();
    const found: Found = { files: 0, skipped: [], unreadable: [] };
    const from = options.directory ?? '';
    const ignore = createIgnore(options.ignore);
    if (admits(ignore, found, folder, from, 'directory'))
      await walk({ disk, parents, ignore, found, folder, take }, from);
    return { rootPresent: true, rootIdentity, ...found };
  } finally {
    await parents.close();
  }
}

/** See `Work.rootIdentity`. */
export async function identifyRoot(disk: Disk, placeOf: PlaceOf, folder: string): Promise<string | null> {
  const parents = createParents(disk, placeOf);
  try {
    const root = await rootOf(parents, folder);
    return root === null || typeof root === 'string' ? null : await root.identity();
  } finally {
    await parents.close();
  }
}

/** The folder's root; null when it is missing or no directory, a code when it cannot be looked into. */
async function rootOf(parents: Parents, folder: string): Promise<DiskDirectory | ErrorCode | null> {
  try {
    const way = await parents.directory(folder, '');
    return way.at === 'directory' ? way.directory : null;
  } catch (error) {
    const { code } = problemOf(error);
    if (code === 'FOLDER_UNKNOWN') throw error;
    return code === 'ROOT_MISSING' || code === 'PATH_BLOCKED' ? null : code;
  }
}

interface Listings {
  readonly disk: Disk;
  readonly parents: Parents;
  readonly ignore: Ignore;
  readonly found: Found;
  readonly folder: string;
  readonly take: TakeListed;
}

async function walk(tools: Listings, from: string): Promise<void> {
  const { disk, parents, ignore, found, folder, take } = tools;
  let page: Listed[] = [];
  const handOn = async (): Promise<void> => {
    const files = page;
    page = [];
    found.files += files.length;
    if (files.length > 0) await take(files);
  };
  const way = await parents.directory(folder, from);
  if (way.at === 'link') skip(found, from, 'symbolic link');
  if (way.at !== 'directory') return;
  await walkTree(disk, way.directory, from, {
    breathe: createBreather(),
    enters: (path) => admits(ignore, found, folder, path, 'directory'),
    meets: (path, kind): path is SyncPath => admits(ignore, found, folder, path, kind),
    shows: async (path, { size, stamp }) => {
      if (ignore.tooLarge(size)) skip(found, path, 'size', size);
      else page.push({ path, stamp });
      if (page.length >= pageSize) await handOn();
    },
    fails: (path, error) => {
      const { code } = problemOf(error);
      if (code === 'PATH_THROUGH_LINK' || code === 'PATH_BLOCKED')
        skip(found, path, 'change while it was listed');
      else found.unreadable.push({ path, code });
    },
  });
  await handOn();
}

/** Whether the rules let a path in; notes why when they do not. */
function admits(
  ignore: Ignore,
  found: Found,
  folder: string,
  path: string,
  kind: FileKind,
): path is SyncPath {
  if (path === '') return true;
  const verdict = ignore.verdict(folder, path, kind);
  if (verdict.ignored) found.skipped.push({ path, reason: describeSkip(verdict), size: null });
  else if (!isSyncPath(path)) skip(found, path, 'invalid path');
  else return true;
  return false;
}

function skip(found: Found, path: string, why: string, size: number | null = null): void {
  found.skipped.push({ path, reason: `Skipping file due to ${why}`, size });
}
