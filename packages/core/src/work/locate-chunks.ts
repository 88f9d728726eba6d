import { packChunks, unpackChunks, type ChunkList } from '../model/chunk-list.js';
import { nameOf, type PlaceOf } from './places.js';
import type { Disk, DiskReader } from '../ports/disk.js';
import type { KnownContent, Transfer } from '../ports/work.js';
import type { ChunkBook } from './chunk-book.js';
import { chunkFile } from './chunk-file.js';
import { createParents } from './parents.js';
import type { Partials } from './partials.js';

/** What is needed to find chunks here. */
export interface ChunkTools {
  readonly disk: Disk;
  readonly placeOf: PlaceOf;
  readonly partials: Partials;
  readonly book: ChunkBook;
  readonly breathe: (costMicros: number) => Promise<void>;
}

/** A stretch of a content: in a file that is open here, or still to come (`reader` null). */
export interface Stretch {
  readonly reader: DiskReader | null;
  readonly position: number;
  readonly length: number;
}

/** Where each chunk of a content lies. The caller owes `close`. */
export interface Located {
  /** In the order of the chunks. */
  readonly stretches: readonly Stretch[];
  close(): Promise<void>;
}

/** Looks for the chunks of a content in the file that it is to replace and in what an earlier transfer left. */
export async function locateChunks(
  tools: ChunkTools,
  transfer: Transfer,
  wanted: ChunkList,
): Promise<Located> {
  const readers: DiskReader[] = [];
  const close = async (): Promise<void> => {
    for (const reader of readers) await reader.close();
  };
  try {
    const found = new Map<string, { reader: DiskReader; position: number }>();
    for (const source of [await openOld(tools, transfer), await openPartial(tools, transfer)]) {
      if (source === null) continue;
      readers.push(source.reader);
      const chunks = await chunksIn(tools, source, wanted);
      let position = 0;
      for (const { digest, size } of chunks === null ? [] : unpackChunks(chunks)) {
        found.set(`${digest}:${size}`, { reader: source.reader, position });
        position += size;
      }
    }
    const stretches = unpackChunks(wanted).map(({ digest, size }): Stretch => {
      const place = found.get(`${digest}:${size}`);
      return { reader: place?.reader ?? null, position: place?.position ?? 0, length: size };
    });
    return { stretches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Source {
  readonly reader: DiskReader;
  /** What the index says that it holds; null when nothing is known. */
  readonly content: KnownContent | null;
}

async function openOld({ disk, placeOf }: ChunkTools, { file, old }: Transfer): Promise<Source | null> {
  if (old === null) return null;
  const parents = createParents(disk, placeOf);
  try {
    const way = await parents.find(file);
    if (way.at !== 'directory') return null;
    const reader = await disk.openRead(`${way.directory.path}/${nameOf(file.path)}`);
    return reader === null ? null : { reader, content: old };
  } finally {
    await parents.close();
  }
}

async function openPartial({ partials }: ChunkTools, transfer: Transfer): Promise<Source | null> {
  const reader = await partials.open(transfer.file.folder, transfer.digest);
  return reader === null ? null : { reader, content: null };
}

/** Chunks of a file, from memory or by reading it; null when it is not what the index says. */
async function chunksIn(
  { book, breathe }: ChunkTools,
  { reader, content }: Source,
  guide: ChunkList,
): Promise<ChunkList | null> {
  const { kind, size, stamp } = await reader.stat();
  if (kind !== 'file') return null;
  if (content !== null && content.stamp !== stamp) return null;
  const known = content === null ? undefined : book.get(content.digest);
  if (known !== undefined) return known;
  const read = await chunkFile(reader, size, { guide, whole: false, breathe });
  return read === null ? null : packChunks(read.chunks);
}
