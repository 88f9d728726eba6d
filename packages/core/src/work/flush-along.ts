import type { DiskWriter } from '../ports/disk.js';

/** Written between two flushes, in bytes. */
const flushedAtOnce = 8 * 1024 * 1024;

/** Flushes of a file that is being written. */
export interface FlushAlong {
  /** So many bytes more are written. */
  wrote(bytes: number): void;
  /** Settles when no flush is under way; only then may the file be closed. */
  ended(): Promise<void>;
  /** The same, and rejects when a flush failed: the system tells of a lost write only once, so the next flush would succeed. */
  settled(): Promise<void>;
}

/**
 * Flushes a large file while the rest of it is still coming, one flush at a time, so that at its end the disk has little left to do. A
 * file that is smaller than one such part is not flushed here at all. Of 99 MiB the commit waits for the last part only.
 */
export function createFlushAlong(writer: DiskWriter): FlushAlong {
  let waiting = 0;
  let isFlushing = false;
  /** Rejected from the first flush that failed; there is none after it. */
  let flushed = Promise.resolve();

  return {
    wrote(bytes) {
      waiting += bytes;
      if (waiting < flushedAtOnce || isFlushing) return;
      waiting = 0;
      isFlushing = true;
      flushed = flushed.then(() => writer.sync()).finally(() => (isFlushing = false));
      // Whoever ends the file is told.
      flushed.catch(() => undefined);
    },
    ended: () => flushed.catch(() => undefined),
    settled: () => flushed,
  };
}
