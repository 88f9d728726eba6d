import { SyncError } from './error.js';
import { showText } from './show-text.js';

declare const chunkListBrand: unique symbol;

/**
 * A large content as a list of chunks, packed: per chunk 6 bytes of digest and 3 bytes of size (big-endian), all in base64url. 12
 * characters per chunk, so that the list of a 100 MiB file stays near 32 kB. The digests only find bytes; what they found is proved by
 * the SHA-256 of the whole content, so that they may be short.
 */
export type ChunkList = string & { readonly [chunkListBrand]: true };

/** One piece of a large content. */
export interface Chunk {
  /** 12 hex digits that tell it from other chunks of its size: see `chunkDigest`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Contents of more bytes than this travel by themselves, and in parts where the peer has others. */
export const largeContentBytes = 1024 * 1024;
/** No chunk but the last of a content is smaller, in bytes. */
export const minChunkBytes = 16 * 1024;
/** No chunk is larger, in bytes. */
export const maxChunkBytes = 96 * 1024;
/** Hex digits of a chunk's digest. */
const chunkDigestDigits = 12;

const bytesPerChunk = 9;
const charactersPerChunk = 12;
const base64url = /^[A-Za-z0-9_-]*$/u;

/** Packs chunks in the order of the content. */
export function packChunks(chunks: readonly Chunk[]): ChunkList {
  const bytes = Buffer.alloc(chunks.length * bytesPerChunk);
  for (const [at, { digest, size }] of chunks.entries()) {
    bytes.write(digest, at * bytesPerChunk, 'hex');
    bytes.writeUIntBE(size, at * bytesPerChunk + 6, 3);
  }
  return bytes.toString('base64url') as ChunkList;
}

/** The chunks of a list, in the order of the content. */
export function unpackChunks(list: ChunkList): Chunk[] {
  const bytes = Buffer.from(list, 'base64url');
  const digits = bytes.toString('hex');
  return Array.from({ length: bytes.length / bytesPerChunk }, (_, at) => ({
    digest: digits.slice(at * bytesPerChunk * 2, at * bytesPerChunk * 2 + chunkDigestDigits),
    size: bytes.readUIntBE(at * bytesPerChunk + 6, 3),
  }));
}

/** Brands the chunk list of a content of `size` bytes. Throws REQUEST_MALFORMED with details `{field: 'chunks'}`. */
export function parseChunkList(input: unknown, size: number): ChunkList {
  if (typeof input !== 'string' || input.length % charactersPerChunk !== 0 || !base64url.test(input)) {
    throw malformed(`"${showText(input)}" is no chunk list: send 12 characters of base64url per chunk`);
  }
  const most = Math.floor(size / minChunkBytes) + 1;
  const count = input.length / charactersPerChunk;
  if (count > most) throw malformed(`${size} bytes have ${most} chunks at most, not ${count}`);
  const list = input as ChunkList;
  const sizes = unpackChunks(list).map((chunk) => chunk.size);
  const last = sizes.length - 1;
  const isBad = (bytes: number, at: number): boolean =>
    bytes > maxChunkBytes || bytes < (at === last ? 1 : minChunkBytes);
  const bad = sizes.find(isBad);
  if (bad !== undefined) {
    throw malformed(`a chunk has ${minChunkBytes} (the last one 1) to ${maxChunkBytes} bytes, not ${bad}`);
  }
  const sum = sizes.reduce((total, bytes) => total + bytes, 0);
  if (sum !== size) throw malformed(`its chunks have ${sum} bytes, the file ${size}`);
  return list;
}

function malformed(why: string): SyncError {
  return new SyncError('REQUEST_MALFORMED', `Refused a list of chunks: ${why}.`, {
    details: { field: 'chunks' },
  });
}
