/** How much of a large content is handed to the disk at a time, in bytes. */
export const partBytes = 512 * 1024;

/** Kept for the next content when nobody uses them: 2 MiB. */
const keptParts = 4;

const free: SharedArrayBuffer[] = [];

/**
 * Memory of `partBytes` that the thread on the disk sees too; what it holds means nothing. It is used again, since new memory costs more
 * than what is done with it: for a content of 99 MiB the kernel took longer to provide it than SHA-256 for the bytes.
 */
export function takePartMemory(): SharedArrayBuffer {
  return free.pop() ?? new SharedArrayBuffer(partBytes);
}

/** Gives memory back that nobody reads or writes any more. What is not given back is collected like anything else. */
export function givePartMemoryBack(memory: SharedArrayBuffer): void {
  if (free.length < keptParts) free.push(memory);
}
