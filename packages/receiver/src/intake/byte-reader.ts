/** The body broke off or is no multipart: nothing that this server did. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/** Bytes of a stream, asked for by length. */
export interface ByteReader {
  /** True when nothing is left. Throws BrokenBody, as all the others do. */
  isAtEnd(): Promise<boolean>;
  /** Fills a piece of memory; gives how many bytes there were, fewer only when the stream ends before. */
  fill(target: Uint8Array): Promise<number>;
  /** Passes over `length` bytes; gives how many there were. */
  skip(length: number): Promise<number>;
  /** How many bytes were given or passed over. */
  readonly total: number;
  /** Lets the stream go when it is not read to its end. */
  close(): Promise<void>;
}

/**
 * Pulls from the stream only what is asked for, so that a slow disk holds the client back.
 * @param release is told of each chunk of the stream when its bytes were taken
 */
export function createByteReader(
  stream: AsyncIterable<Uint8Array>,
  release: (chunk: Uint8Array) => void = () => undefined,
): ByteReader {
  const chunks = stream[Symbol.asyncIterator]();
  let chunk: Uint8Array | null = null;
  let taken = 0;
  let total = 0;

  const ahead = async (): Promise<Uint8Array | null> => {
    while (chunk === null || taken === chunk.length) {
      chunk = await pull(chunks);
      taken = 0;
      if (chunk === null) return null;
    }
    return chunk;
  };

  /** Hands up to `length` bytes to `use`, and gives how many there were. */
  const take = async (length: number, use: (bytes: Uint8Array, at: number) => void): Promise<number> => {
    let done = 0;
    while (done < length) {
      const current = await ahead();
      if (current === null) break;
      const bytes = current.subarray(taken, taken + length - done);
      use(bytes, done);
      done += bytes.length;
      taken += bytes.length;
      total += bytes.length;
      if (taken < current.length) continue;
      chunk = null;
      release(current);
    }
    return done;
  };

  return {
    isAtEnd: async () => (await ahead()) === null,
    fill: (target) => take(target.length, (bytes, at) => target.set(bytes, at)),
    skip: (length) => take(length, () => undefined),
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
