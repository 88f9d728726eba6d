import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Marks that tools leave in the folder they keep: not content. */
const marks = new Set(['.stfolder', '.stversions', '.lockstep']);

/** SHA-256 of each file's bytes by path, without the tools' own marks. */
export function digestTree(root: string): Map<string, string> {
  const digests = new Map<string, string>();
  for (const path of filesBelow(root)) {
    const hash = createHash('sha256').update(readFileSync(join(root, path)));
    digests.set(path, hash.digest('hex'));
  }
  return digests;
}

/** How two trees differ, in words, naming one path; null when they are identical in names and bytes. */
export function differenceOf(
  source: ReadonlyMap<string, string>,
  target: ReadonlyMap<string, string>,
): string | null {
  for (const [path, digest] of source) {
    if (!target.has(path)) return `${path} is missing`;
    if (target.get(path) !== digest) return `${path} has other bytes`;
  }
  for (const path of target.keys()) if (!source.has(path)) return `${path} is too many`;
  return null;
}

/** Paths of all regular files, sorted. */
export function filesBelow(root: string): string[] {
  const paths: string[] = [];
  const walk = (directory: string, prefix: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (prefix === '' && marks.has(entry.name)) continue;
      if (entry.isDirectory()) walk(join(directory, entry.name), `${prefix}${entry.name}/`);
      else if (entry.isFile()) paths.push(prefix + entry.name);
    }
  };
  walk(root, '');
  return paths.sort();
}
