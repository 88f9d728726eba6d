import gitignore from 'ignore';
import { boundPattern } from './bound-pattern.js';

/** What patterns in gitignore syntax say of a path: `null` when none matches. */
export type PatternVerdict = 'ignored' | 'reincluded' | null;

/** Asks the patterns about a path relative to where they apply; a directory's path ends with a slash. */
export type PatternMatcher = (path: string) => PatternVerdict;

/** The library remembers every path it was asked about; a new matcher after this many bounds that memory. */
const maxRemembered = 10_000;

/** Compiles gitignore syntax (case-sensitive, as on a Linux server; later lines win, `!` re-includes). */
export function compilePatterns(patterns: string | readonly string[]): PatternMatcher {
  const lines = typeof patterns === 'string' ? patterns.split(/\r?\n/u) : patterns;
  const bounded = lines.map(boundPattern).filter((line) => line !== null);
  const create = () => gitignore({ ignorecase: false, allowRelativePaths: true }).add(bounded);
  let matcher = create();
  let asked = 0;
  return (path) => {
    if (++asked > maxRemembered) {
      matcher = create();
      asked = 0;
    }
    const { ignored, unignored } = matcher.test(path);
    if (ignored) return 'ignored';
    return unignored ? 'reincluded' : null;
  };
}
