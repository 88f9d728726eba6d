import type { Clock, Log, Replica } from '@lockstep/core';

/** First soon after the start, then hourly, in ms. */
const firstMs = 60_000;
const everyMs = 3_600_000;

/** Keeps the archive in bounds and forgets tombstones that everybody has, for as long as it runs. */
export interface Maintenance {
  start(): void;
  close(): void;
}

export function createMaintenance(replica: Replica, clock: Clock, log: Log): Maintenance {
  let cancel: () => void = () => undefined;
  let closed = false;

  const run = async (): Promise<void> => {
    try {
      const { archivedRemoved, forgotten } = await replica.maintain();
      if (archivedRemoved + forgotten > 0)
        log.info('Archive and tombstones tidied', { archivedRemoved, forgotten });
    } catch (error) {
      log.warn('Could not tidy the archive and the tombstones; it is tried again in an hour.', {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const later = (ms: number): void => {
    if (closed) return;
    cancel = clock.after(ms, () => void run().finally(() => later(everyMs)));
  };

  return {
    start: () => later(firstMs),
    close: () => {
      closed = true;
      cancel();
    },
  };
}
