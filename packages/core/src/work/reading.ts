import { SyncError } from '../model/error.js';
import type { Digest, FileKey } from '../model/path.js';
import type { Disk, DiskReader } from '../ports/disk.js';
import { createParents } from './parents.js';
import { nameOf, type PlaceOf } from './places.js';

interface OpenFile {
  readonly reader: DiskReader;
  readonly stamp: string;
}

/** Files that are read in parts, by the number given when they were opened. */
export interface Reading {
  readonly open: (file: FileKey & { readonly size: number }) => Promise<{ id: number } | null>;
  readonly openObject: (digest: Digest) => Promise<{ id: number; size: number } | null>;
  readonly part: (
    id: number,
    position: number,
    length: number,
    into?: SharedArrayBuffer,
  ) => Promise<Uint8Array>;
  readonly close: (id: number) => Promise<{ changed: boolean }>;
  readonly closeAll: () => Promise<void>;
}

const readPart = (
  reader: DiskReader,
  position: number,
  length: number,
  into?: SharedArrayBuffer,
): Promise<Uint8Array> => reader.read(position, length, into && new Uint8Array(into));

/** See `Work.readOpen` and `Work.archiveOpen`. */
export function createReading(disk: Disk, placeOf: PlaceOf, archive: string): Reading {
  const files = new Map<number, OpenFile>();
  let lastId = 0;

  function get(id: number): OpenFile {
    const file = files.get(id);
    if (file !== undefined) return file;
    throw new SyncError('NOT_FOUND', `Read from the open file ${id}, which was closed: open it again.`);
  }

  async function hold(reader: DiskReader, size: number | null): Promise<{ id: number; size: number } | null> {
    const stat = await reader.stat();
    if (stat.kind !== 'file' || (size !== null && stat.size !== size)) {
      await reader.close();
      return null;
    }
    lastId += 1;
    files.set(lastId, { reader, stamp: stat.stamp });
    return { id: lastId, size: stat.size };
  }

  async function open(file: FileKey & { readonly size: number }): Promise<{ id: number } | null> {
    const parents = createParents(disk, placeOf);
    try {
      const way = await parents.find(file);
      if (way.at !== 'directory') return null;
      const reader = await disk.openRead(`${way.directory.path}/${nameOf(file.path)}`);
      const held = reader === null ? null : await hold(reader, file.size);
      return held === null ? null : { id: held.id };
    } finally {
      await parents.close();
    }
  }

  async function openObject(digest: Digest): Promise<{ id: number; size: number } | null> {
    const reader = await disk.openRead(`${archive}/${digest}`);
    return reader === null ? null : hold(reader, null);
  }

  async function close(id: number): Promise<{ changed: boolean }> {
    const { reader, stamp } = get(id);
    files.delete(id);
    try {
      const now = await reader.stat();
      return { changed: now.stamp !== stamp };
    } finally {
      await reader.close();
    }
  }

  return {
    open,
    openObject,
    part: (id, position, length, into) => readPart(get(id).reader, position, length, into),
    close,
    closeAll: async () => {
      for (const id of [...files.keys()]) await close(id);
    },
  };
}
