import { largeContentBytes, unpackChunks, type ChunkList } from '../model/chunk-list.js';
import type { LiveEntry } from '../model/entry.js';
import { isSyncError } from '../model/error.js';
import type { Transfer } from '../ports/work.js';
import type { Parts } from './parts.js';
import type { PartsHere } from './replica.js';

/** Describes the transfer of a large content to staging. */
export function transferOf(parts: Parts, entry: LiveEntry, given?: Transfer['parts']): Transfer {
  const { folder, path, digest, size } = entry;
  const row = parts.index.get(entry);
  const isThere = row?.entry.state === 'live' && row.entry.size > largeContentBytes / 2;
  const old = isThere && row.stamp !== null ? { digest: row.entry.digest, stamp: row.stamp } : null;
  return { file: { folder, path }, digest, size, old, ...(given && { parts: given }) };
}

/** What of an offered content is here: see `Replica.partsHere`. */
export async function partsHere(parts: Parts, entry: LiveEntry, chunks?: ChunkList): Promise<PartsHere> {
  const transfer = transferOf(parts, entry);
  if (chunks === undefined) {
    const some = transfer.old !== null || (await parts.work.hasPartial(entry.folder, entry.digest));
    return some ? { parts: true } : {};
  }
  const missing = await parts.work.missingChunks(transfer, chunks);
  return missing.length < unpackChunks(chunks).length ? { chunks: missing } : {};
}

/** The chunks of a large content, for a peer that has parts of it: see `Replica.chunksOf`. */
export async function chunksOf(parts: Parts, entry: LiveEntry): Promise<ChunkList | null> {
  const { folder, path, digest, size } = entry;
  if (size <= largeContentBytes) return null;
  const row = parts.index.get(entry);
  const stamp = row?.entry.state === 'live' && row.entry.digest === digest ? row.stamp : null;
  return parts.work.chunks({ folder, path, digest, size, stamp });
}

/** Cuts a file into chunks ahead of its next change. What fails here is done again when it is needed. */
export async function learnChunks(parts: Parts, entry: LiveEntry): Promise<void> {
  try {
    await chunksOf(parts, entry);
  } catch (error) {
    if (!isSyncError(error)) throw error;
    parts.log.debug('A large file was not cut into chunks ahead of its next change', {
      path: entry.path,
      code: error.code,
    });
  }
}
