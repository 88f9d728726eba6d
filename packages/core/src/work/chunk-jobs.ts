import { packChunks, type ChunkList } from '../model/chunk-list.js';
import type { KnownFile } from '../model/entry.js';
import { SyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { Transfer } from '../ports/work.js';
import { chunkFile } from './chunk-file.js';
import { locateChunks, type ChunkTools, type Located } from './locate-chunks.js';
import { createParents } from './parents.js';
import { nameOf } from './places.js';

/** The chunks of a file with this content: see `Work.chunks`. */
export async function listChunks(
  tools: ChunkTools,
  { folder, path, digest, size, stamp }: FileKey & KnownFile,
): Promise<ChunkList | null> {
  const { book, breathe, disk, placeOf } = tools;
  const known = book.get(digest);
  if (known !== undefined) return known;
  const file = { folder, path };
  const parents = createParents(disk, placeOf);
  try {
    const way = await parents.find(file);
    if (way.at !== 'directory') return null;
    const reader = await disk.openRead(`${way.directory.path}/${nameOf(path)}`);
    if (reader === null) return null;
    try {
      const before = await reader.stat();
      if (before.size !== size) return null;
      const isKnown = before.stamp === stamp;
      const guide = book.lastOf(file) ?? null;
      const read = await chunkFile(reader, size, { guide, whole: !isKnown, breathe });
      const isSame = isKnown ? (await reader.stat()).stamp === stamp : read?.digest === digest;
      if (read === null || !isSame) return null;
      const chunks = packChunks(read.chunks);
      book.learn(file, digest, chunks);
      return chunks;
    } finally {
      await reader.close();
    }
  } finally {
    await parents.close();
  }
}

/** Which chunks are to be sent: see `Work.missingChunks`. */
export async function missingChunks(
  tools: ChunkTools,
  transfer: Transfer,
  chunks: ChunkList,
): Promise<readonly number[]> {
  const located = await locateChunks(tools, transfer, chunks);
  await located.close();
  return located.stretches.flatMap(({ reader }, at) => (reader === null ? [at] : []));
}

/** Finds what a transfer leaves out. Throws CONTENT_MISSING when it is not here any more. */
export async function locateRest(
  tools: ChunkTools,
  transfer: Transfer,
  { chunks, sent }: NonNullable<Transfer['parts']>,
): Promise<Located> {
  const located = await locateChunks(tools, transfer, chunks);
  const isSent = new Set(sent);
  const stretches = located.stretches.map((stretch, at) =>
    isSent.has(at) ? { ...stretch, reader: null, position: 0 } : stretch,
  );
  if (stretches.every(({ reader }, at) => reader !== null || isSent.has(at))) {
    return { stretches, close: () => located.close() };
  }
  await located.close();
  throw new SyncError(
    'CONTENT_MISSING',
    `Took in "${transfer.file.path}" in parts of which some are not here any more: it is to be sent whole.`,
  );
}
