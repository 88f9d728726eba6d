import type { Digest } from '../model/path.js';

/** Small contents by digest, so that a file is read once and sent to every peer. The least recently used leave first. */
export interface ContentCache {
  put(digest: Digest, bytes: Uint8Array): void;
  get(digest: Digest): Uint8Array | undefined;
  /** Nobody needs them any more. */
  clear(): void;
  readonly bytes: number;
}

/** @param maxBytes the most it keeps in memory */
export function createContentCache(maxBytes: number): ContentCache {
  const contents = new Map<Digest, Uint8Array>();
  let bytes = 0;

  return {
    put(digest, content) {
      if (contents.has(digest) || content.byteLength > maxBytes) return;
      contents.set(digest, content);
      bytes += content.byteLength;
      for (const [oldest, old] of contents) {
        if (bytes <= maxBytes) break;
        contents.delete(oldest);
        bytes -= old.byteLength;
      }
    },
    get(digest) {
      const content = contents.get(digest);
      if (content) {
        contents.delete(digest);
        contents.set(digest, content);
      }
      return content;
    },
    clear() {
      contents.clear();
      bytes = 0;
    },
    get bytes() {
      return bytes;
    },
  };
}
