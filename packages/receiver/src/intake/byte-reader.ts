/** The body broke off or is no multipart: nothing that this server did. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/** Bytes of a stream, asked for by length. */
export interface ByteReader {
  /** Up to `max` bytes, without a copy; null at the end. Throws BrokenBody. */
  some(max: number): Promise<Uint8Array | null>;
  /** Fills a piece of memory; gives how many bytes there were, fewer only when the stream ends before. */
  fill(target: Uint8Array): Promise<number>;
  /** Passes over `length` bytes; gives how many there were. */
  skip(length: number): Promise<number>;
  /** How many bytes were given or passed over. */
  readonly total: number;
  /** Lets the stream go when it is not read to its end. */
  close(): Promise<void>;
}

/** Pulls from the stream only what is asked for, so that a slow disk holds the client back. */
export function createByteReader(stream: AsyncIterable<Uint8Array>): ByteReader {
  const chunks = stream[Symbol.asyncIterator]();
  let current: Uint8Array = new Uint8Array();
  let total = 0;

  const some = async (max: number): Promise<Uint8Array | null> => {
    while (current.length === 0) {
      const next = await pull(chunks);
      if (next === null) return null;
      current = next;
    }
    const given = current.subarray(0, max);
    current = current.subarray(given.length);
    total += given.length;
    return given;
  };

  return {
    some,
    async fill(target) {
      let filled = 0;
      while (filled < target.length) {
        const piece = await some(target.length - filled);
        if (piece === null) break;
        target.set(piece, filled);
        filled += piece.length;
      }
      return filled;
    },
    async skip(length) {
      let left = length;
      while (left > 0) {
        const piece = await some(left);
        if (piece === null) break;
        left -= piece.length;
      }
      return length - left;
    },
    get total() {
      return total;
    },
    async close() {
      await chunks.return?.();
    },
  };
}

async function pull(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
  try {
    const next = await chunks.next();
    return next.done === true ? null : next.value;
  } catch (cause) {
    throw new BrokenBody('The body broke off', { cause });
  }
}
