import type { Clock } from '../ports/clock.js';
import type { Digest } from '../model/path.js';
import type { Disk, DiskReader, DiskStat } from '../ports/disk.js';
import type { PlaceOf } from './places.js';
import { trying } from './problem.js';

/** What a broken transfer left is called this, a dot, and the digest of the whole. */
const prefix = 'partial.';

/** How long it waits for the transfer to go on, in ms. */
const maxAgeMs = 24 * 60 * 60 * 1000;
/** How many of them a folder keeps, */
const maxFiles = 4;
/** and how many bytes of them. */
const maxBytes = 256 * 1024 * 1024;

/** The beginnings of contents whose transfer was cut, so that what arrived is not sent again. Nothing of them is believed unproved. */
export interface Partials {
  /** Takes over a staged file. The longest of one content stays. */
  readonly keep: (path: string, folder: string, digest: Digest) => Promise<void>;
  /** Null when there is none. The caller owes `close`. */
  readonly open: (folder: string, digest: Digest) => Promise<DiskReader | null>;
  readonly has: (folder: string, digest: Digest) => Promise<boolean>;
  readonly remove: (folder: string, digest: Digest) => Promise<void>;
}

/** See `Partials`. */
export function createPartials(disk: Disk, placeOf: PlaceOf, clock: Clock): Partials {
  const pathOf = (folder: string, digest: Digest): string =>
    `${placeOf(folder).staging}/${partialName(digest)}`;

  return {
    keep: async (path, folder, digest) => {
      const kept = pathOf(folder, digest);
      const [mine, other] = [await disk.stat(path), await disk.stat(kept)];
      if (mine === null) return;
      if (other !== null && other.size >= mine.size) await disk.unlink(path);
      else await disk.rename(path, kept);
      await prunePartials(disk, clock, placeOf(folder).staging);
    },
    open: (folder, digest) => disk.openRead(pathOf(folder, digest)),
    has: async (folder, digest) => (await disk.stat(pathOf(folder, digest))) !== null,
    remove: async (folder, digest) => {
      await disk.unlink(pathOf(folder, digest));
    },
  };
}

/** What the beginning of the content with this digest is called. */
export function partialName(digest: string): string {
  return prefix + digest;
}

/** Whether a file in staging is the beginning of a content. */
export function isPartial(name: string): boolean {
  return name.startsWith(prefix);
}

/** Removes the beginnings that are too old, and the oldest of too many. */
export async function prunePartials(disk: Disk, clock: Clock, staging: string): Promise<void> {
  const kept: { path: string; stat: DiskStat }[] = [];
  for (const { name } of (await disk.list(staging)) ?? []) {
    const stat = isPartial(name) ? await disk.stat(`${staging}/${name}`) : null;
    if (stat?.kind === 'file') kept.push({ path: `${staging}/${name}`, stat });
  }
  kept.sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  let bytes = 0;
  for (const [at, { path, stat }] of kept.entries()) {
    bytes += stat.size;
    if (at < maxFiles && bytes <= maxBytes && clock.now() - stat.mtimeMs < maxAgeMs) continue;
    // One that cannot be removed takes room, nothing else; the others go.
    await trying<unknown, unknown>(
      () => disk.unlink(path),
      (problem) => problem,
    );
  }
}
