import { keyOf, type FileKey } from '../model/path.js';
import { observePaths, type Pass } from './observe-paths.js';
import type { Parts } from './parts.js';
import type { Hint, ObserveReport } from './replica.js';
import { scanDirectories } from './scan-folder.js';

/** Observes hints and what lies below those that are, or were, directories. */
export async function observeHints(parts: Parts, hints: readonly Hint[]): Promise<ObserveReport> {
  const pass = await observePaths(parts, distinctHints(hints));
  const directories = topmost(
    parts.index.readTogether(() => pass.looked.filter((looked) => isDirectory(parts, looked))),
  );
  const below = directories.length > 0 ? [await scanDirectories(parts, directories)] : [];
  const all: readonly ObserveReport[] = [pass, ...below];
  return {
    recorded: all.flatMap((report) => report.recorded),
    missing: all.flatMap((report) => report.missing),
    changing: all.flatMap((report) => report.changing),
  };
}

/**
 * A path that is a directory, or that was one (rows lie below it): what is in it must be looked at. Nobody else may tell: a
 * directory that lived for a moment was gone before it was watched, and the file in its place may be known from a peer’s request already.
 */
function isDirectory(parts: Parts, { folder, path, kind }: Pass['looked'][number]): boolean {
  if (kind === 'directory') return true;
  if (kind !== 'missing' && kind !== 'file') return false;
  return parts.index.stamps({ folder, directory: path, after: null, limit: 1 }).length > 0;
}

/** A directory inside another hinted one is scanned with it. */
function topmost(directories: readonly FileKey[]): readonly FileKey[] {
  const keys = new Set(directories.map(({ folder, path }) => `${folder}/${path}`));
  return directories.filter(({ folder, path }) => {
    const components = path.split('/');
    return !components
      .slice(1)
      .some((_, at) => keys.has(`${folder}/${components.slice(0, at + 1).join('/')}`));
  });
}

/** One hint per file, the last word kept, so that a batch never names a path twice. */
function distinctHints(hints: readonly Hint[]): Hint[] {
  return [...new Map(hints.map((hint) => [keyOf(hint), hint])).values()];
}
