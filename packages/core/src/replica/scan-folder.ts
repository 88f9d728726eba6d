import type { FileKey, SyncPath } from '../model/path.js';
import type { Listing } from '../ports/work.js';
import { observePaths, type Pass } from './observe-paths.js';
import type { Parts } from './parts.js';
import type { Hint, ObserveReport, ScanReport } from './replica.js';

const filesPerPass = 250;

/**
 * Compares a folder with the index by metadata and observes what differs. What lies below a directory that could not be listed,
 * and what the rules exclude by now, is not concluded to be deleted.
 */
export async function scanFolder(parts: Parts, folder: string, directory?: SyncPath): Promise<ScanReport> {
  const startedMs = parts.clock.now();
  const { indexId } = parts.index;
  const { listing, hints } = await compare(parts, folder, directory, false);
  const report = await observeInPasses(parts, hints);
  const isWhole = directory === undefined && listing.rootPresent && parts.index.indexId === indexId;
  if (isWhole) noteScanned(parts, folder);
  if (directory === undefined && report.missing.length === 0 && listing.rootIdentity !== null) {
    parts.roots.set(folder, listing.rootIdentity);
  }
  return {
    ...report,
    folder,
    files: listing.files.length,
    skipped: listing.skipped,
    unreadable: listing.unreadable,
    rootPresent: listing.rootPresent,
    ms: parts.clock.now() - startedMs,
  };
}

/** The same for directories that an event named, in common passes: a copied tree is many small directories. */
export async function scanDirectories(parts: Parts, directories: readonly FileKey[]): Promise<ObserveReport> {
  const compared = await Promise.all(
    directories.map(({ folder, path }) => compare(parts, folder, path, true)),
  );
  return observeInPasses(
    parts,
    compared.flatMap(({ hints }) => hints),
  );
}

/** What is there goes first: a file that was renamed is then met under its new name before its old one is missed. */
async function observeInPasses(parts: Parts, hints: readonly Differing[]): Promise<ObserveReport> {
  const ordered = [...hints.filter(({ isThere }) => isThere), ...hints.filter(({ isThere }) => !isThere)];
  const passes: Pass[] = [];
  for (let at = 0; at < ordered.length; at += filesPerPass) {
    passes.push(await observePaths(parts, ordered.slice(at, at + filesPerPass)));
  }
  return {
    recorded: passes.flatMap((pass) => pass.recorded),
    missing: passes.flatMap((pass) => pass.missing),
    changing: passes.flatMap((pass) => pass.changing),
  };
}

/** A path at which disk and index differ. */
interface Differing extends Hint {
  readonly isThere: boolean;
}

async function compare(
  parts: Parts,
  folder: string,
  directory: SyncPath | undefined,
  live: boolean,
): Promise<{ listing: Listing; hints: Differing[] }> {
  const listing = await parts.work.list(folder, {
    ...(directory === undefined ? {} : { directory }),
    ignore: parts.ignore.spec(),
  });
  return { listing, hints: await differences(parts, folder, directory, listing, live) };
}

/** A new index is settled once every folder was scanned: what appears from then on is a change, no longer a find. */
function noteScanned(parts: Parts, folder: string): void {
  parts.scanned.add(folder);
  if (parts.index.isFresh && parts.folders.every((each) => parts.scanned.has(each)))
    parts.index.markSettled();
}

/** Hints for what is new, changed or missing. Yields to the event loop between pages of rows. */
async function differences(
  parts: Parts,
  folder: string,
  directory: SyncPath | undefined,
  listing: Listing,
  live: boolean,
): Promise<Differing[]> {
  const listed = new Map(listing.files.map((file) => [file.path, file.stamp]));
  const hints: Differing[] = [];
  const page = { folder, ...(directory === undefined ? {} : { directory }), limit: 2_000 };
  for (let after: SyncPath | null = null; ;) {
    const rows = parts.index.stamps({ ...page, after });
    for (const { path, stamp, state } of rows) {
      const now = listed.get(path);
      listed.delete(path);
      // A held file that is here again ends its hold, though a folder moved away and back leaves every stamp as it was.
      if (now !== undefined && now === stamp && parts.held.holdOf({ folder, path }) === undefined) continue;
      if (now === undefined && (state === 'deleted' || !mayBeGone(parts, { folder, path }, listing)))
        continue;
      hints.push({ folder, path, confirmed: false, live, isThere: now !== undefined });
    }
    const last = rows.at(-1);
    if (!last || rows.length < page.limit) break;
    after = last.path;
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const path of listed.keys()) hints.push({ folder, path, confirmed: false, live, isThere: true });
  return hints;
}

function mayBeGone(parts: Parts, file: FileKey, listing: Listing): boolean {
  if (parts.held.holdOf(file) !== undefined) return false;
  if (listing.unreadable.some(({ path }) => path === '' || file.path.startsWith(`${path}/`))) return false;
  return parts.ignore.why(file) === null;
}
