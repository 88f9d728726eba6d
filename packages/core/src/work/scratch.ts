/** Bytes of each piece. */
export const scratchBytes = 1 << 20;

/** Kept for the next reader when nobody uses them: 2 MiB. */
const keptPieces = 2;

const free: Uint8Array[] = [];

/**
 * Runs `use` with memory of `scratchBytes` for bytes that are only looked at; what it holds at first means nothing. It is used again, since
 * new memory costs more than what is done with it: the kernel takes longer to provide a page than SHA-256 for what is in it.
 */
export async function withScratch<T>(use: (memory: Uint8Array) => Promise<T>): Promise<T> {
  const memory = free.pop() ?? new Uint8Array(scratchBytes);
  try {
    return await use(memory);
  } finally {
    if (free.length < keptPieces) free.push(memory);
  }
}
