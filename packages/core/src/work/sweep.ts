import type { Clock } from '../ports/clock.js';
import type { Disk } from '../ports/disk.js';
import type { FolderPlace } from '../ports/work.js';
import { unfinishedPrefix } from './archive.js';
import { isPartial, partialName, prunePartials } from './partials.js';
import { trying } from './problem.js';

/** Even a living process has forgotten what it staged so long ago. */
const abandonedMs = 24 * 60 * 60 * 1000;

/** Whose staged files are whose, where several processes of one host share the staging directories. */
export interface StagingOwner {
  /** Begins the names of this process's staged files; without a dot. */
  readonly name: string;
  /** Whether the process of this name may still be at work. */
  isAlive(name: string): boolean;
}

/** Removes what an earlier life left in staging and half made in the archive: see `Work.sweep`. */
export async function sweepStaging(
  disk: Disk,
  clock: Clock,
  places: readonly FolderPlace[],
  archive: string,
  owner: StagingOwner,
): Promise<void> {
  for (const directory of new Set(places.map(({ staging }) => staging))) {
    await sweepDirectory(disk, clock, directory, (name) => (isPartial(name) ? null : name), owner);
    await prunePartials(disk, clock, directory);
  }
  const ofUnfinished = (name: string): string | null =>
    name.startsWith(unfinishedPrefix) ? name.slice(unfinishedPrefix.length) : null;
  await sweepDirectory(disk, clock, archive, ofUnfinished, owner);
}

async function sweepDirectory(
  disk: Disk,
  clock: Clock,
  directory: string,
  ownedName: (name: string) => string | null,
  owner: StagingOwner,
): Promise<void> {
  for (const { name, kind } of (await disk.list(directory)) ?? []) {
    const owned = ownedName(name);
    if (kind === 'directory' || owned === null) continue;
    const path = `${directory}/${name}`;
    const [by = '', , digest] = owned.split('.');
    if (by !== owner.name && owner.isAlive(by)) {
      const stat = await disk.stat(path);
      if (stat !== null && clock.now() - stat.mtimeMs < abandonedMs) continue;
    }
    // What the transfer of a large content had written when its process ended is where the next transfer goes on.
    const part = digest === undefined ? null : `${directory}/${partialName(digest)}`;
    // One that cannot be removed takes room, nothing else; the others go.
    await trying<unknown, unknown>(
      () => (part === null ? disk.unlink(path) : disk.rename(path, part)),
      (problem) => problem,
    );
  }
}
