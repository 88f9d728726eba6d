import { isSyncError, type HostStore } from '@lockstep/core';
import type { Sender } from '@lockstep/sender';

/** Whether sending is paused on this host, whichever process sends. */
export interface PauseFlag {
  /** While the common store cannot be read, what was read last. */
  isSet(): boolean;
  /** Throws DISK_FULL or STORAGE_FAILED. */
  set(paused: boolean): void;
  /** The sender of this process does as the flag says. True when that changed something. */
  heed(): boolean;
}

export function createPauseFlag(
  host: Pick<HostStore, 'isPaused' | 'setPaused'>,
  sender: Pick<Sender, 'status' | 'pause' | 'resume'>,
): PauseFlag {
  let last = false;
  const isSet = (): boolean => {
    try {
      last = host.isPaused();
    } catch (error) {
      if (!isSyncError(error)) throw error;
    }
    return last;
  };
  return {
    isSet,
    set: (paused) => host.setPaused(paused),
    heed() {
      const paused = isSet();
      if (sender.status().paused === paused) return false;
      if (paused) sender.pause();
      else sender.resume();
      return true;
    },
  };
}
