import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** How long a hint rests before the follower looks, in ms. */
const lookMs = 20;

/** Looks at what is hinted, and knows what it saw. */
export interface Follower {
  hint(path: string): void;
  look(path: string): void;
  /** A file whose state it does not know, null when there is none. */
  missed(): string | null;
  close(): void;
}

/** Follows a tree by hints alone. */
export function createFollower(root: string): Follower {
  const known = new Map<string, string>();
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const look = (path: string): void => {
    const found = contents(root, path);
    // Only a path that is no file now can have had files below it.
    if (!found.has(path)) {
      for (const file of known.keys()) if (path === '' || file.startsWith(`${path}/`)) known.delete(file);
    }
    known.delete(path);
    for (const [file, content] of found) known.set(file, content);
  };
  const lookAtAll = (): void => {
    timer = undefined;
    const paths = [...pending].sort();
    pending.clear();
    let covering: string | null = null;
    for (const path of paths) {
      // A directory that is hinted covers what is below it, which follows it in the order.
      if (covering !== null && (covering === '' || path.startsWith(`${covering}/`))) continue;
      covering = path;
      look(path);
    }
  };
  return {
    hint(path) {
      pending.add(path);
      timer ??= setTimeout(lookAtAll, lookMs);
    },
    look,
    missed() {
      if (pending.size > 0) return 'hints still rest';
      const actual = contents(root, '');
      for (const [file, content] of actual) if (known.get(file) !== content) return `${file} on the disk`;
      for (const file of known.keys()) if (!actual.has(file)) return `${file} that is gone`;
      return null;
    },
    close: () => clearTimeout(timer),
  };
}

function contents(root: string, path: string): Map<string, string> {
  const found = new Map<string, string>();
  const full = join(root, path);
  const stats = lstatSync(full, { throwIfNoEntry: false });
  if (stats?.isFile() === true) found.set(path, readFileSync(full, 'utf8'));
  if (stats?.isDirectory() !== true) return found;
  for (const entry of readdirSync(full, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    found.set(relative(root, file), readFileSync(file, 'utf8'));
  }
  return found;
}
