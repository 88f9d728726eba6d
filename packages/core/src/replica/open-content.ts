import type { LiveEntry } from '../model/entry.js';
import { SyncError } from '../model/error.js';
import type { Parts } from './parts.js';
import type { OpenContent } from './replica.js';

/** Opens a live file's bytes; null when it no longer has the entry's size. */
export async function openContent(parts: Parts, entry: LiveEntry): Promise<OpenContent | null> {
  const { folder, path, size } = entry;
  const opened = await parts.work.readOpen({ folder, path, size });
  return opened ? contentOf(parts, opened.id, size) : null;
}

/** Opens an archived content. Throws NOT_FOUND. */
export async function openArchived(parts: Parts, archiveId: number): Promise<OpenContent> {
  const row = parts.index.archive.get(archiveId);
  const opened = row ? await parts.work.archiveOpen(row.digest) : null;
  if (!opened) throw new SyncError('NOT_FOUND', `The archive has no content ${archiveId} any more.`);
  return contentOf(parts, opened.id, opened.size);
}

function contentOf(parts: Parts, id: number, size: number): OpenContent {
  return {
    size,
    read: (position, length, into) => parts.work.readPart(id, position, length, into),
    close: () => parts.work.readClose(id),
  };
}

/** Bytes of small files, from the cache or the disk; null where the file no longer has this content. */
export async function readSmall(parts: Parts, entries: readonly LiveEntry[]): Promise<(Uint8Array | null)[]> {
  const cached = entries.map((entry) => parts.cache.get(entry.digest));
  const absent = entries.filter((_, at) => cached[at] === undefined);
  const read =
    absent.length > 0
      ? await parts.work.read(absent.map(({ folder, path, digest }) => ({ folder, path, digest })))
      : [];
  let next = 0;
  return entries.map((entry, at) => {
    const known = cached[at];
    if (known) return known;
    const bytes = read[next++] ?? null;
    if (bytes) parts.cache.put(entry.digest, bytes);
    return bytes;
  });
}
