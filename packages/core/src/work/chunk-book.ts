import type { ChunkList } from '../model/chunk-list.js';
import { keyOf, type Digest, type FileKey } from '../model/path.js';

/** Contents and files remembered; a list of 100 MiB has 32 kB. */
const mostLists = 64;

/** The chunk lists of large contents that were read or made lately. Forgetting one costs only time. */
export interface ChunkBook {
  get(digest: Digest): ChunkList | undefined;
  /** The list of the content that this file had when it was last seen: most of it is likely to be there still. */
  lastOf(file: FileKey): ChunkList | undefined;
  learn(file: FileKey, digest: Digest, chunks: ChunkList): void;
}

/** See `ChunkBook`. Kept in memory: after a restart the first change of a large file costs one search through it. */
export function createChunkBook(): ChunkBook {
  const lists = new Map<Digest, ChunkList>();
  const files = new Map<string, Digest>();

  const get = (digest: Digest): ChunkList | undefined => lists.get(digest);

  return {
    get,
    lastOf(file) {
      const digest = files.get(keyOf(file));
      return digest === undefined ? undefined : get(digest);
    },
    learn(file, digest, chunks) {
      putNewest(lists, digest, chunks);
      putNewest(files, keyOf(file), digest);
    },
  };
}

function putNewest<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= mostLists) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
