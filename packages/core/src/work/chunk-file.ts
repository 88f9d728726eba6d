import { maxChunkBytes, unpackChunks, type Chunk, type ChunkList } from '../model/chunk-list.js';
import type { Digest } from '../model/path.js';
import type { DiskReader } from '../ports/disk.js';
import { findCut } from './find-cut.js';
import { chunkDigest, createHasher } from './hash.js';

/** Read at once; some chunks fit. */
const windowBytes = 1 << 20;

/** How a file is cut into chunks. */
export interface ChunkingOptions {
  /** Chunks that are likely to be in the file, in order: where they are, nothing has to be searched. */
  readonly guide: ChunkList | null;
  /** Whether the digest of the whole is wanted too. */
  readonly whole: boolean;
  readonly breathe: (costMicros: number) => Promise<void>;
}

/** A file that was read once. */
export interface Chunked {
  readonly chunks: readonly Chunk[];
  /** Of the whole; null when it was not asked for. */
  readonly digest: Digest | null;
}

/** Cuts an open file into chunks, reading it once; null when it turns out shorter than `size`. No more than a MiB is held. */
export async function chunkFile(
  reader: DiskReader,
  size: number,
  { guide, whole, breathe }: ChunkingOptions,
): Promise<Chunked | null> {
  const hasher = whole ? createHasher() : null;
  const cutter = createCutter(guide);
  for (let position = 0; position < size;) {
    const length = Math.min(windowBytes, size - position);
    const window = await reader.read(position, length);
    if (window.length !== length) return null;
    const used = cutter.cut(window, position + length === size);
    hasher?.update(window.subarray(0, used));
    position += used;
    await breathe(used / 500);
  }
  return { chunks: cutter.chunks, digest: hasher?.digest() ?? null };
}

interface Cutter {
  readonly chunks: Chunk[];
  /** Takes whole chunks from the beginning of a window; gives how many bytes they have. */
  cut(window: Uint8Array, isLast: boolean): number;
}

/**
 * A chunk that begins where the guide's began and has its bytes ends where that ended. Where they differ the rolling value decides, until
 * a chunk is met that the guide knows: from there on the guide leads again.
 */
function createCutter(guide: ChunkList | null): Cutter {
  const known = guide === null ? [] : unpackChunks(guide);
  const placeOf = new Map(known.map(({ digest }, at) => [digest, at]));
  const chunks: Chunk[] = [];
  let expected = 0;

  function follow(window: Uint8Array, start: number, isLast: boolean): Chunk | null {
    const next = known[expected];
    // The guide's last chunk ends with its file, not where its content says so.
    const endsFile = isLast && next?.size === window.length - start;
    if (next === undefined || (expected === known.length - 1 && !endsFile)) return null;
    if (start + next.size > window.length) return null;
    return chunkDigest(window.subarray(start, start + next.size)) === next.digest ? next : null;
  }

  function search(window: Uint8Array, start: number): Chunk {
    const size = findCut(window, start);
    return { digest: chunkDigest(window.subarray(start, start + size)), size };
  }

  return {
    chunks,
    cut(window, isLast) {
      let start = 0;
      while (start < window.length && (isLast || window.length - start >= maxChunkBytes)) {
        const chunk = follow(window, start, isLast) ?? search(window, start);
        chunks.push(chunk);
        const place = known[expected]?.digest === chunk.digest ? expected : placeOf.get(chunk.digest);
        expected = (place ?? known.length) + 1;
        start += chunk.size;
      }
      return start;
    },
  };
}
