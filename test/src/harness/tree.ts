import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The folders that are compared. */
export const syncedFolders = ['instance', 'templates', 'static'] as const;

/** By path: content digest, size, permission bits and mtime in ms (rounded as in an ETag of Express), as one line. */
export type Tree = ReadonlyMap<string, string>;

/** Every file below the three folders of a root. */
export async function readTree(root: string): Promise<Tree> {
  const tree = new Map<string, string>();
  for (const folder of syncedFolders) {
    for (const file of await filesBelow(join(root, folder))) {
      tree.set(relative(root, file), await describe(file));
    }
  }
  return tree;
}

/** What differs between two trees, a few lines for a person; empty when they are equal. */
export function differences(a: Tree, b: Tree, names: readonly [string, string]): readonly string[] {
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths
    .filter((path) => a.get(path) !== b.get(path))
    .map(
      (path) => `${path}: ${names[0]} ${a.get(path) ?? 'has none'}, ${names[1]} ${b.get(path) ?? 'has none'}`,
    );
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(ignoreMissing);
  return (entries ?? []).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function describe(file: string): Promise<string> {
  const bytes = await readFile(file).catch(ignoreMissing);
  const found = await stat(file).catch(ignoreMissing);
  if (bytes === null || found === null) return 'vanished';
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return `${digest} ${found.size} B ${(found.mode & 0o777).toString(8)} ${found.mtime.getTime()}`;
}

/** Files come and go while a tree is read; anything else is a failure. */
function ignoreMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return null;
  throw error;
}
