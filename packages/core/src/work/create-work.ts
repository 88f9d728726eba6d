import type { Clock } from '../ports/clock.js';
import type { Disk } from '../ports/disk.js';
import type { Random } from '../ports/random.js';
import type { FolderPlace, Work } from '../ports/work.js';
import { createArchiveOrphans } from './archive-orphans.js';
import { createArchive } from './archive.js';
import { createBreather } from './breather.js';
import { createChunkBook } from './chunk-book.js';
import { listChunks, missingChunks } from './chunk-jobs.js';
import { commitPlans } from './commit.js';
import { inspectFiles } from './inspect.js';
import { identifyRoot, listFolder } from './list.js';
import { createPartials } from './partials.js';
import { createPlaces } from './places.js';
import { trying } from './problem.js';
import { readFiles } from './read.js';
import { createReading } from './reading.js';
import { stageCopy } from './stage-copy.js';
import { createStagingParts } from './staging-parts.js';
import { createStaging, stageContents } from './staging.js';
import { sweepStaging, type StagingOwner } from './sweep.js';

/** What the jobs work with. */
export interface WorkOptions {
  readonly disk: Disk;
  readonly places: readonly FolderPlace[];
  /** Absolute path of the archive's directory. */
  readonly archive: string;
  readonly random: Random;
  readonly clock: Clock;
  /** Set where several processes share the staging directories; without it everything there is an earlier life's. */
  readonly owner?: StagingOwner;
}

const soleOwner: StagingOwner = { name: 'staged', isAlive: () => false };

/** Names that nobody else uses: of the owner, of this life, and counted, since chance for each file costs more than its other lines. */
function createNames(owner: string, random: Random): () => string {
  const life = random.id();
  let count = 0;
  return () => `${owner}.${life}-${(count += 1)}`;
}

/** The jobs of a replica over a disk: see `Work`. How durable they are is the disk's matter. */
export function createWork(options: WorkOptions): Work {
  const { disk, places, random, clock, owner = soleOwner } = options;
  const placeOf = createPlaces(places);
  const newName = createNames(owner.name, random);
  const staging = createStaging(disk, placeOf, newName);
  const archive = createArchive(disk, options.archive, newName);
  const orphans = createArchiveOrphans(disk, options.archive);
  const book = createChunkBook();
  const partials = createPartials(disk, placeOf, clock);
  const chunkTools = { disk, placeOf, partials, book, breathe: createBreather() };
  const parts = createStagingParts(staging, chunkTools);
  const reading = createReading(disk, placeOf, options.archive);
  const copyTools = { disk, placeOf, archive: options.archive, staging };

  return {
    inspect: (files, limits) => inspectFiles({ disk, placeOf, book }, files, limits),
    rootIdentity: (folder) => identifyRoot(disk, placeOf, folder),
    list: (folder, what, take) => listFolder(disk, placeOf, folder, what, take),
    read: (files) => readFiles(disk, placeOf, files),
    readOpen: reading.open,
    readPart: reading.part,
    readClose: reading.close,
    stage: (contents) => stageContents(staging, contents, createBreather()),
    stageOpen: parts.open,
    stagePart: parts.part,
    stageFinish: parts.finish,
    stageAbort: parts.abort,
    stageCopy: (folder, digest, source) =>
      stageCopy({ ...copyTools, breathe: createBreather() }, folder, digest, source),
    discard: async (staged) => {
      // What cannot be removed now is swept at the next start.
      for (const one of staged)
        await trying<unknown, unknown>(
          () => disk.unlink(staging.pathOf(one)),
          (problem) => problem,
        );
    },
    chunks: (file) => listChunks(chunkTools, file),
    missingChunks: (transfer, chunks) => missingChunks(chunkTools, transfer, chunks),
    hasPartial: partials.has,
    commit: (plans) => commitPlans({ disk, placeOf, staging, archive }, plans),
    archiveOpen: reading.openObject,
    archiveObjects: orphans.list,
    archiveTidy: orphans.tidy,
    sweep: () => sweepStaging(disk, clock, places, options.archive, owner),
    close: async () => {
      await reading.closeAll();
      await parts.abortAll();
    },
  };
}
