/** Spacing of doubles near the seconds of our time: the smallest step that moves a timestamp. */
const nudgeSeconds = 2 ** -22;

/**
 * The seconds to give to `utimes` for a whole millisecond. libuv cuts the fraction to nanoseconds, so half of all
 * milliseconds would come out one nanosecond short and read back as the millisecond before: those are nudged up.
 */
export function secondsOf(mtimeMs: number): number {
  const seconds = mtimeMs / 1000;
  const wantedNs = (((mtimeMs % 1000) + 1000) % 1000) * 1_000_000;
  const keptNs = (seconds - Math.floor(seconds)) * 1e9;
  return keptNs < wantedNs ? seconds + nudgeSeconds : seconds;
}
