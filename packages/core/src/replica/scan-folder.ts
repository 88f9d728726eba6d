import type { FileKey, SyncPath } from '../model/path.js';
import type { Listing } from '../ports/work.js';
import { compareListing, type Place } from './compare-listing.js';
import { createPasses, type Passes } from './observe-in-passes.js';
import type { Parts } from './parts.js';
import type { ObserveReport, ScanReport } from './replica.js';

/**
 * Compares a folder with the index by metadata and observes what differs. What lies below a directory that could not be listed,
 * and what the rules exclude by now, is not concluded to be deleted.
 */
export async function scanFolder(parts: Parts, folder: string, directory?: SyncPath): Promise<ScanReport> {
  const startedMs = parts.clock.now();
  const { indexId } = parts.index;
  const passes = createPasses(parts);
  const listing = await compare(parts, { folder, directory }, passes, false);
  const report = await passes.finish();
  const isWhole = directory === undefined && listing.rootPresent && parts.index.indexId === indexId;
  if (isWhole) noteScanned(parts, folder);
  if (directory === undefined && report.missing.length === 0 && listing.rootIdentity !== null) {
    parts.roots.set(folder, listing.rootIdentity);
  }
  return {
    ...report,
    folder,
    files: listing.files,
    skipped: listing.skipped,
    unreadable: listing.unreadable,
    rootPresent: listing.rootPresent,
    ms: parts.clock.now() - startedMs,
  };
}

/** The same for directories that an event named, in common passes: a copied tree is many small directories. */
export async function scanDirectories(parts: Parts, directories: readonly FileKey[]): Promise<ObserveReport> {
  const passes = createPasses(parts);
  await Promise.all(
    directories.map(({ folder, path }) => compare(parts, { folder, directory: path }, passes, true)),
  );
  return passes.finish();
}

/** Hands what is new or changed to the passes at once, and what is missing when all of the place was listed. */
async function compare(parts: Parts, place: Place, passes: Passes, live: boolean): Promise<Listing> {
  const { folder } = place;
  const { listing, missing } = await compareListing(parts, place, (path) =>
    passes.there({ folder, path, confirmed: false, live }),
  );
  for (const path of missing) passes.missing({ folder, path, confirmed: false, live });
  return listing;
}

/** A new index is settled once every folder was scanned: what appears from then on is a change, no longer a find. */
function noteScanned(parts: Parts, folder: string): void {
  parts.scanned.add(folder);
  if (parts.index.isFresh && parts.folders.every((each) => parts.scanned.has(each)))
    parts.index.markSettled();
}
