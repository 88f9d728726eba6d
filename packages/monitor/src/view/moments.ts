// The page's script imports this very module, so that the server and the browser say the same; it may import nothing.

/** A moment in words, seen from now: `just now`, `12 s ago`, `in 3 min`, `2 days ago`. */
export function ago(atMs: number, nowMs: number): string {
  const seconds = Math.round(Math.abs(nowMs - atMs) / 1000);
  if (seconds < 1) return 'just now';
  return atMs > nowMs ? `in ${spanOf(seconds)}` : `${spanOf(seconds)} ago`;
}

/** A moment to come in words; one that has passed is due: `now`. */
export function until(atMs: number, nowMs: number): string {
  return atMs - nowMs < 500 ? 'now' : ago(atMs, nowMs);
}

function spanOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}
