import { packChunks, type ChunkList } from '../model/chunk-list.js';
import type { Digest } from '../model/path.js';
import type { DiskReader } from '../ports/disk.js';
import type { Seen } from '../ports/work.js';
import { chunkFile } from './chunk-file.js';
import { createHasher, hashBytes } from './hash.js';
import { scratchBytes, withScratch } from './scratch.js';

/** How a file is read. */
export interface ReadOptions {
  readonly maxFileBytes: number;
  readonly keepBytesUpTo: number;
  /** What the file is known to hold: of that nobody needs the bytes. */
  readonly known?: Digest | null;
  /** Lets other jobs in; awaited after each part of a large file. */
  readonly breathe: (costMicros: number) => Promise<void>;
  /** Set for a file that is to be cut into chunks on the way, when it is large. */
  readonly chunks?: ChunkGuide | null;
}

/** The chunks that the file had, and who wants to know those that it has. */
export interface ChunkGuide {
  readonly guide: ChunkList;
  readonly learn: (digest: Digest, chunks: ChunkList) => void;
}

/**
 * Reads one version of an open file: looks before and after, and answers `changing` when the two differ, since what was
 * read may then be part of one version and part of another.
 */
export async function readStable(reader: DiskReader, options: ReadOptions): Promise<Seen> {
  const before = await reader.stat();
  if (before.kind === 'directory') return { kind: 'directory' };
  if (before.kind !== 'file') return { kind: 'special', what: before.kind };
  const { size, mode, mtimeMs, stamp } = before;
  if (size > options.maxFileBytes) return { kind: 'too-large', size };
  const content = await readContent(
    size > scratchBytes ? stopAtChange(reader, stamp) : reader,
    size,
    options,
  );
  const after = await reader.stat();
  if (content === null || after.stamp !== stamp) return { kind: 'changing' };
  if (content.chunks) options.chunks?.learn(content.digest, content.chunks);
  const seen = { kind: 'file', digest: content.digest, size, mode, mtimeMs, stamp } as const;
  return content.bytes === null ? seen : { ...seen, bytes: content.bytes };
}

/** Ends as soon as the file is another one: what was read is of no use then, and a large file takes long to read. */
function stopAtChange(reader: DiskReader, stamp: string): DiskReader {
  return {
    ...reader,
    read: async (position, length, into) => {
      const bytes = await reader.read(position, length, into);
      return (await reader.stat()).stamp === stamp ? bytes : bytes.subarray(0, 0);
    },
  };
}

interface Content {
  readonly digest: Digest;
  /** The content in memory of its own; null when it was not to be kept. */
  readonly bytes: Uint8Array | null;
  readonly chunks?: ChunkList;
}

/** Null when the file turns out shorter than it was, or reading was given up. */
async function readContent(reader: DiskReader, size: number, options: ReadOptions): Promise<Content | null> {
  const keeps = size <= options.keepBytesUpTo;
  const known = options.known ?? null;
  if (keeps && known === null) return readWhole(reader, size, new Uint8Array(size));
  return withScratch(async (memory) => {
    if (size > scratchBytes) return hashParts(reader, size, memory, options);
    const content = await readWhole(reader, size, memory);
    if (content === null) return null;
    const { digest, bytes } = content;
    return { digest, bytes: keeps && digest !== known ? bytes.slice() : null };
  });
}

async function readWhole(
  reader: DiskReader,
  size: number,
  memory: Uint8Array,
): Promise<{ digest: Digest; bytes: Uint8Array } | null> {
  const bytes = await reader.read(0, size, memory);
  return bytes.length === size ? { digest: hashBytes(bytes), bytes } : null;
}

/** Hashes a large file part by part. */
async function hashParts(
  reader: DiskReader,
  size: number,
  memory: Uint8Array,
  options: ReadOptions,
): Promise<Content | null> {
  if (options.chunks) {
    const read = await chunkFile(reader, size, {
      ...{ guide: options.chunks.guide, whole: true, breathe: options.breathe },
    });
    return read?.digest ? { digest: read.digest, bytes: null, chunks: packChunks(read.chunks) } : null;
  }
  const hasher = createHasher();
  for (let position = 0; position < size;) {
    const bytes = await reader.read(position, Math.min(scratchBytes, size - position), memory);
    if (bytes.length === 0) return null;
    hasher.update(bytes);
    position += bytes.length;
    await options.breathe(bytes.length / 1_000);
  }
  return { digest: hasher.digest(), bytes: null };
}
