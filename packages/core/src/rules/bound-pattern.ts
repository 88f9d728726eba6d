/**
 * Most stars of one pattern. Each more multiplies the time that the regular expression of a pattern may take for a name that it does
 * not match; with ten of them, and `.syncignore` comes from peers, one name would hold the event loop for minutes.
 */
export const maxStars = 4;

/**
 * A pattern in gitignore syntax that takes no more time than `maxStars` stars can: one with more ends at its last star that counts, so that it
 * leaves out more than was meant, never less. Null for one that re-includes: it must not re-include more.
 */
export function boundPattern(pattern: string): string | null {
  const end = endOfLastStar(pattern);
  if (end === null) return pattern;
  return pattern.startsWith('!') ? null : pattern.slice(0, end);
}

/** Where the last star that counts ends; null when there are no more of them. `**` is one; escaped ones and those in brackets are none. */
function endOfLastStar(pattern: string): number | null {
  let stars = 0;
  let end = 0;
  for (const { 0: token, index } of pattern.matchAll(/\\.|\[[^\]]*\]|\*+/gsu)) {
    if (!token.startsWith('*')) continue;
    stars += 1;
    if (stars > maxStars) return end;
    end = index + token.length;
  }
  return null;
}
