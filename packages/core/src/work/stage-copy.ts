import { SyncError } from '../model/error.js';
import type { Digest } from '../model/path.js';
import type { Disk, DiskReader } from '../ports/disk.js';
import type { ByteSource, StageFailure, Staged } from '../ports/work.js';
import { createParents } from './parents.js';
import { nameOf, type PlaceOf } from './places.js';
import { isSyncError } from '../model/error.js';
import { trying } from './problem.js';
import { readStable } from './read-stable.js';
import { stageFailure, type Staging } from './staging.js';

/** Up to here bytes are read once and written; above, the file system copies (and may share blocks) and the copy is read. */
const readWholeBytes = 1 << 20;

/** What a copy needs. */
export interface CopyTools {
  readonly disk: Disk;
  readonly placeOf: PlaceOf;
  readonly archive: string;
  readonly staging: Staging;
  readonly breathe: (costMicros: number) => Promise<void>;
}

/** Copies bytes that are here already: see `Work.stageCopy`. */
export async function stageCopy(
  tools: CopyTools,
  folder: string,
  digest: Digest,
  source: ByteSource,
): Promise<Staged | StageFailure> {
  const { disk, placeOf, archive } = tools;
  return trying(async () => {
    if (source.from === 'archive') return copyFrom(tools, folder, digest, `${archive}/${digest}`);
    const parents = createParents(disk, placeOf);
    try {
      const way = await parents.find(source.file);
      if (way.at !== 'directory') throw missing(digest);
      return await copyFrom(tools, folder, digest, `${way.directory.path}/${nameOf(source.file.path)}`);
    } finally {
      await parents.close();
    }
  }, stageFailure);
}

async function copyFrom(
  tools: CopyTools,
  folder: string,
  digest: Digest,
  from: string,
): Promise<Staged | StageFailure> {
  const reader = await openSource(tools.disk, from);
  if (reader === null) throw missing(digest);
  try {
    const { kind, size } = await reader.stat();
    if (kind !== 'file') throw missing(digest);
    if (size > readWholeBytes) return await copyLarge(tools, folder, digest, from);
    const seen = await readStable(reader, {
      maxFileBytes: size,
      keepBytesUpTo: size,
      breathe: tools.breathe,
    });
    if (seen.kind !== 'file' || seen.digest !== digest || seen.bytes === undefined) throw missing(digest);
    return await tools.staging.write(folder, digest, seen.bytes);
  } finally {
    await reader.close();
  }
}

async function copyLarge(tools: CopyTools, folder: string, digest: Digest, from: string): Promise<Staged> {
  const { disk, staging, breathe } = tools;
  return staging.reserve(folder, async (name, path) => {
    await disk.copy(from, path);
    const copy = await disk.openRead(path);
    if (copy === null) throw missing(digest);
    const options = { maxFileBytes: Number.MAX_SAFE_INTEGER, keepBytesUpTo: 0, breathe };
    const seen = await readStable(copy, options).finally(() => copy.close());
    if (seen.kind === 'file' && seen.digest === digest) return { folder, name, digest, size: seen.size };
    await disk.unlink(path);
    throw missing(digest);
  });
}

/** Null for anything that cannot serve as a source, which is no failure: the bytes can still travel. */
async function openSource(disk: Disk, path: string): Promise<DiskReader | null> {
  try {
    return await disk.openRead(path);
  } catch (error) {
    if (isSyncError(error)) return null;
    throw error;
  }
}

function missing(digest: Digest): SyncError {
  return new SyncError(
    'CONTENT_MISSING',
    `Looked for the content ${digest.slice(0, 12)}… here in vain: it is to be sent.`,
  );
}
