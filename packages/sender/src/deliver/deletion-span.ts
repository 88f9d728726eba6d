/** A file and a deletion recorded within this time of each other may be one move, in ms. */
const nearMs = 1_000;

/** When the last deletions were recorded: those that followed each other closely. */
export interface DeletionSpan {
  add(recordedMs: number): void;
  /** True when something was deleted about then. */
  isNear(recordedMs: number): boolean;
}

export function createDeletionSpan(): DeletionSpan {
  let fromMs = Number.NEGATIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;

  return {
    add(recordedMs) {
      if (recordedMs < fromMs - nearMs) return;
      fromMs = recordedMs > toMs + nearMs ? recordedMs : Math.min(fromMs, recordedMs);
      toMs = Math.max(toMs, recordedMs);
    },
    isNear: (recordedMs) => recordedMs > fromMs - nearMs && recordedMs < toMs + nearMs,
  };
}
