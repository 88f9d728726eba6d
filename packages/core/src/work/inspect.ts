import type { FileKey } from '../model/path.js';
import type { Disk } from '../ports/disk.js';
import type { Inspected, KnownContent, Seen } from '../ports/work.js';
import { createBreather } from './breather.js';
import type { ChunkBook } from './chunk-book.js';
import { createParents, type Parents } from './parents.js';
import { depthOf, nameOf, type PlaceOf } from './places.js';
import { problemOf, trying } from './problem.js';
import { readStable, type ChunkGuide, type ReadOptions } from './read-stable.js';

/** Rough cost of looking at one file, without its bytes. */
const fileMicros = 40;

/** What a look needs. `book`: a large file is cut into chunks on the way when the chunks of its last content are known. */
export interface InspectTools {
  readonly disk: Disk;
  readonly placeOf: PlaceOf;
  readonly book?: ChunkBook;
}

/** Looks at each of these files: see `Work.inspect`. */
export async function inspectFiles(
  { disk, placeOf, book }: InspectTools,
  files: readonly Inspected[],
  limits: { readonly maxFileBytes: number; readonly keepBytesUpTo: number },
): Promise<Seen[]> {
  const parents = createParents(disk, placeOf);
  const breathe = createBreather();
  const seen: Seen[] = [];
  try {
    for (const file of files) {
      const chunks = guideOf(book, file);
      const unread = chunks === null || isCut(book, file.unread) ? (file.unread ?? null) : null;
      const one = await trying(
        () =>
          inspectFile(disk, parents, file, { ...limits, known: file.known ?? null, unread, breathe, chunks }),
        ({ code, message }): Seen => ({ kind: 'unreadable', code, message }),
      );
      seen.push(one);
      const wasRead = one.kind === 'file' && one.stamp !== unread?.stamp;
      await breathe(wasRead ? fileMicros + one.size / 1_000 : fileMicros);
    }
  } finally {
    await parents.close();
  }
  return seen;
}

/** Whether the chunks of this content are known; else it is read to have them before it is edited. */
function isCut(book: ChunkBook | undefined, content: KnownContent | null | undefined): boolean {
  return content !== null && content !== undefined && book?.get(content.digest) !== undefined;
}

function guideOf(book: ChunkBook | undefined, { folder, path }: FileKey): ChunkGuide | null {
  const guide = book?.lastOf({ folder, path });
  if (book === undefined || guide === undefined) return null;
  return { guide, learn: (digest, chunks) => book.learn({ folder, path }, digest, chunks) };
}

type LookOptions = ReadOptions & { readonly unread: KnownContent | null };

async function inspectFile(disk: Disk, parents: Parents, file: FileKey, options: LookOptions): Promise<Seen> {
  const seen = await inspectIn(disk, await parents.find(file), file, options);
  // The directory may have been replaced since it was opened: absence is believed only after a fresh walk.
  return seen.kind === 'missing' ? inspectIn(disk, await parents.findAnew(file), file, options) : seen;
}

async function inspectIn(
  disk: Disk,
  way: Awaited<ReturnType<Parents['find']>>,
  file: FileKey,
  options: LookOptions,
): Promise<Seen> {
  if (way.at === 'link') return { kind: 'special', what: 'symlink' };
  if (way.at !== 'directory') return { kind: 'missing', keptParents: way.kept };
  const path = `${way.directory.path}/${nameOf(file.path)}`;
  try {
    const unread = options.unread === null ? null : await lookUnread(disk, path, options.unread, options);
    if (unread !== null) return unread;
    const reader = await disk.openRead(path);
    if (reader === null) return { kind: 'missing', keptParents: depthOf(file.path) };
    try {
      return await readStable(reader, options);
    } finally {
      await reader.close();
    }
  } catch (error) {
    return classify(disk, path, error);
  }
}

/** A file with this stamp; null when another stands there, which must be read. */
async function lookUnread(
  disk: Disk,
  path: string,
  { digest, stamp }: KnownContent,
  { maxFileBytes }: ReadOptions,
): Promise<Seen | null> {
  const stat = await disk.stat(path);
  if (stat?.kind !== 'file' || stat.stamp !== stamp || stat.size > maxFileBytes) return null;
  return { kind: 'file', digest, size: stat.size, mode: stat.mode, mtimeMs: stat.mtimeMs, stamp };
}

/** What could not be opened for reading may be no file at all. */
async function classify(disk: Disk, path: string, error: unknown): Promise<Seen> {
  const { code, message } = problemOf(error);
  const stat = await disk.stat(path);
  if (stat === null || stat.kind === 'file') return { kind: 'unreadable', code, message };
  return stat.kind === 'directory' ? { kind: 'directory' } : { kind: 'special', what: stat.kind };
}
