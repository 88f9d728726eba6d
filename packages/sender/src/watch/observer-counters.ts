/** Counts since the observer was made. */
export interface ObserverCounters {
  /** Hints of the watcher. */
  hints: number;
  /** Changes recorded. */
  recorded: number;
  /** Hints left out by the rules. */
  skipped: number;
  /** Paths that were looked at: hints minus what coalescing saved. */
  looked: number;
}
