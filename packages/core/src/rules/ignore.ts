import type { FileKind } from '../ports/disk.js';
import type { IgnoreSpec } from '../ports/work.js';
import {
  brokenDirectoryRule,
  brokenFileRule,
  brokenHardRule,
  type IgnoreReason,
  type NameRule,
} from './ignore-defaults.js';
import { compilePatterns, type PatternMatcher } from './ignore-patterns.js';

/** Whether a path is left out, and by which rule. */
export type IgnoreVerdict = { readonly ignored: false } | LeftOut;

/** The verdict on a path that is left out. `rule` is the rule as people write it: `*.log`, `node_modules/`. */
export interface LeftOut {
  readonly ignored: true;
  readonly reason: IgnoreReason;
  readonly rule: string;
}

/** The exclusion rules of one replica, compiled. Both ends of a transfer ask them. */
export interface Ignore {
  /** Whether this path is left out. Without `kind` the path is taken for a file. */
  verdict(folder: string, path: string, kind?: FileKind): IgnoreVerdict;
  /** Whether content of this many bytes is over the limit. */
  tooLarge(size: number): boolean;
  /** Whether a walk may pass this directory by: nothing in it can be re-included. */
  skipsDirectory(folder: string, path: string): boolean;
}

const included: IgnoreVerdict = { ignored: false };

/** Directory verdicts remembered. */
const maxRememberedDirectories = 10_000;

/**
 * Compiles the rules of what is not synchronised. For each component of the path, from the top:
 * 1. our own names and secrets (`.env*`) are left out, whatever anybody says;
 * 2. `patterns` (options of this server) and the folder's `.syncignore`: either of them may leave out;
 * 3. a built-in rule leaves out, unless 2 re-included the name with `!name`.
 * As in git, nothing below a directory that is left out can be re-included: re-include the directory (`!.cache/`).
 *
 * The `.syncignore` at a folder's root travels like `.gitignore`, so that every server has the same rules; one elsewhere is an
 * ordinary hidden file and stays. Whoever takes in a new one compiles anew. Adding a rule deletes nothing at peers.
 */
export function createIgnore(spec: IgnoreSpec): Ignore {
  const byOption = spec.patterns.length === 0 ? null : compilePatterns(spec.patterns);
  const bySyncignore = new Map<string, PatternMatcher>();
  for (const [folder, text] of Object.entries(spec.syncignore))
    bySyncignore.set(folder, compilePatterns(text));
  const directories = new Map<string, IgnoreVerdict>();

  const judgeName = (folder: string, path: string, isDirectory: boolean): IgnoreVerdict => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const hard = brokenHardRule(name);
    if (hard !== null) return leaveOut(hard);
    const asked = isDirectory ? `${path}/` : path;
    const option = byOption?.(asked) ?? null;
    if (option === 'ignored') return leaveOut({ reason: 'option', rule: 'ignore' });
    const syncignore = bySyncignore.get(folder)?.(asked) ?? null;
    if (syncignore === 'ignored') return leaveOut({ reason: 'syncignore', rule: `${folder}/.syncignore` });
    if (option === 'reincluded' || syncignore === 'reincluded') return included;
    const soft = isDirectory ? brokenDirectoryRule(name) : brokenFileRule(name, name === path);
    return soft === null ? included : leaveOut(soft);
  };

  const judgeDirectory = (folder: string, path: string): IgnoreVerdict => {
    if (path === '') return included;
    const key = `${folder}\0${path}`;
    const known = directories.get(key);
    if (known !== undefined) return known;
    const above = judgeDirectory(folder, parentOf(path));
    const verdict = above.ignored ? above : judgeName(folder, path, true);
    if (directories.size >= maxRememberedDirectories) directories.clear();
    directories.set(key, verdict);
    return verdict;
  };

  return {
    verdict: (folder, path, kind = 'file') => {
      if (kind === 'directory') return judgeDirectory(folder, path);
      const above = judgeDirectory(folder, parentOf(path));
      if (above.ignored) return above;
      const byName = judgeName(folder, path, false);
      return byName.ignored || kind === 'file' ? byName : leaveOut({ reason: 'type', rule: kind });
    },
    tooLarge: (size) => size > spec.maxFileBytes,
    skipsDirectory: (folder, path) => judgeDirectory(folder, path).ignored,
  };
}

/** Says why something is left out; with its path, the whole log line: `Skipping file due to excluded extension: app.db`. */
export function describeSkip(verdict: LeftOut, path?: string): string {
  const why = `Skipping file due to ${reasonWords[verdict.reason]}`;
  return path === undefined ? why : `${why}: ${path}`;
}

const reasonWords: Readonly<Record<IgnoreReason, string>> = {
  extension: 'excluded extension',
  temporary: 'temporary name',
  folder: 'excluded folder',
  hidden: 'hidden name',
  secret: 'secret',
  litter: 'operating system litter',
  syncignore: '.syncignore',
  option: 'ignore option',
  reserved: 'reserved name',
  type: 'file type',
};

function leaveOut(broken: NameRule): IgnoreVerdict {
  return { ignored: true, reason: broken.reason, rule: broken.rule };
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}
