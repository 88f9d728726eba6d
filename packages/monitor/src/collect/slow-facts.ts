import type { Clock, Replica } from '@lockstep/core';
import { remember } from './remember.js';
import type { StatusParts } from './build-status.js';

/** What is summed or listed from whole tables, and therefore remembered for a while. */
export type SlowParts = Pick<StatusParts, 'holds' | 'archive' | 'archived' | 'conflicts'>;

/** Reads them; owe it a `close`. */
export interface SlowFacts {
  read(): SlowParts;
  close(): void;
}

/** At most this old, in ms, unless reading is dear. */
export const slowMaxAgeMs = 1_000;
const archiveShown = 20;

/** Holds and archive are read anew as soon as the replica says that they changed. */
export function createSlowFacts({ index, events }: Replica, clock: Clock): SlowFacts {
  const holds = remember(clock, slowMaxAgeMs, () => index.holds.list());
  const archive = remember(clock, slowMaxAgeMs, () => index.archive.totals());
  const archived = remember(clock, slowMaxAgeMs, () => index.archive.list({ limit: archiveShown }));
  const conflicts = remember(clock, slowMaxAgeMs, () =>
    index.archive.list({ reason: 'conflict', limit: archiveShown }),
  );
  const forgetHolds = (): void => holds.forget();
  const forgetArchive = (): void => {
    archived.forget();
    conflicts.forget();
  };
  events.on('held', forgetHolds);
  events.on('unheld', forgetHolds);
  events.on('applied', forgetArchive);

  return {
    read: () => ({
      holds: holds(),
      archive: archive(),
      archived: archived(),
      conflicts: conflicts(),
    }),
    close() {
      events.off('held', forgetHolds);
      events.off('unheld', forgetHolds);
      events.off('applied', forgetArchive);
    },
  };
}
