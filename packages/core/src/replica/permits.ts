import { keyOf } from '../model/path.js';
import type { PermitStore } from '../ports/host-store.js';

/** The permits of a process that is alone. */
export function createPermits(): PermitStore {
  const permitted = new Map<string, number>();
  return {
    permit(files, untilMs) {
      for (const file of files) permitted.set(keyOf(file), untilMs);
    },
    isPermitted(file, nowMs) {
      const untilMs = permitted.get(keyOf(file));
      if (untilMs !== undefined && untilMs < nowMs) permitted.delete(keyOf(file));
      return untilMs !== undefined && untilMs >= nowMs;
    },
  };
}
