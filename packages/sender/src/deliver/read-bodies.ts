import { SyncError, type LiveEntry, type OpenContent, type Replica } from '@lockstep/core';
import { createPartRing, type PartRing } from './part-ring.js';
import type { UploadBody } from './peer.js';
import type { Piece } from './plan-batch.js';

/** Bytes read at once from a large file. */
const partBytes = 512 * 1024;

/** What can go out, and what changed since the index was read. */
export interface SmallFiles {
  readonly ready: readonly Piece<LiveEntry>[];
  readonly changed: readonly Piece<LiveEntry>[];
  readonly body: UploadBody;
}

/** Reads small files, each once for all peers. */
export async function readSmallFiles(
  replica: Replica,
  pieces: readonly Piece<LiveEntry>[],
): Promise<SmallFiles> {
  const contents = await replica.readSmall(pieces.map(({ entry }) => entry));
  const ready: Piece<LiveEntry>[] = [];
  const changed: Piece<LiveEntry>[] = [];
  const bytes: Uint8Array[] = [];
  pieces.forEach((piece, at) => {
    const content = contents[at] ?? null;
    if (content === null || content.byteLength !== piece.entry.size) return changed.push(piece);
    bytes.push(content);
    return ready.push(piece);
  });
  return { ready, changed, body: { kind: 'bytes', contents: bytes } };
}

/** A large file, opened and read only while it is sent. */
export function streamLargeFile(replica: Replica, { entry }: Piece<LiveEntry>): UploadBody {
  return streamStretches(replica, entry, [{ position: 0, length: entry.size }]);
}

/** A stretch of a file. */
export interface Stretch {
  readonly position: number;
  readonly length: number;
}

/** Some stretches of a large file, one after the other. */
export function streamStretches(
  replica: Replica,
  entry: LiveEntry,
  stretches: readonly Stretch[],
): UploadBody {
  return { kind: 'stream', read: () => readStretches(replica, entry, stretches) };
}

async function* readStretches(
  replica: Replica,
  entry: LiveEntry,
  stretches: readonly Stretch[],
): AsyncGenerator<Uint8Array> {
  const longest = stretches.reduce((most, { length }) => Math.max(most, length), 0);
  const ring = createPartRing(Math.min(partBytes, longest));
  const content = await replica.openContent(entry);
  if (content === null) throw changedMeanwhile(entry);
  const closing: { changed?: boolean } = {};
  let missing = stretches.reduce((sum, { length }) => sum + length, 0);
  try {
    for (const stretch of stretches) {
      for await (const part of readParts(content, stretch, ring)) {
        missing -= part.byteLength;
        yield part;
      }
    }
  } finally {
    Object.assign(closing, await content.close());
  }
  // Before the last bytes of the request are sent, so that the peer sees it break off.
  if (closing.changed !== false || missing > 0) throw changedMeanwhile(entry);
}

async function* readParts(
  content: OpenContent,
  { position, length }: Stretch,
  ring: PartRing,
): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < length;) {
    const part = await content.read(position + done, Math.min(partBytes, length - done), ring.next());
    if (part.byteLength === 0) return;
    done += part.byteLength;
    yield part;
  }
}

function changedMeanwhile(entry: LiveEntry): SyncError {
  return new SyncError('CHANGED_MEANWHILE', `"${entry.path}" changed while it was sent; it is taken anew.`);
}
