import type { Oracle } from './oracle.js';
import { inTree, treeRoot } from './places.js';
import type { Server } from './server.js';

/** What stands at a path of the folder; null for nothing. */
export function kindAt(server: Server, path: string): 'file' | 'directory' | null {
  if (server.disk.user.files(treeRoot).has(path)) return 'file';
  return server.disk.user.directories(treeRoot).includes(path) ? 'directory' : null;
}

/** The files at a path and below it, with what a user sees in them. */
export function filesAt(server: Server, path: string): [string, string][] {
  const decoder = new TextDecoder();
  return [...server.disk.user.files(treeRoot)]
    .filter(([at]) => at === path || at.startsWith(`${path}/`))
    .map(([at, { bytes }]) => [at, decoder.decode(bytes)]);
}

/** Removes what stands in the way of a file: a directory in its place, a file in place of a parent. */
export function makeRoom(server: Server, oracle: Oracle, path: string): void {
  if (kindAt(server, path) === 'directory') {
    server.disk.user.remove(inTree(path));
    server.hint(path);
  }
  const parts = path.split('/');
  for (const at of parts.slice(0, -1).keys()) {
    const above = parts.slice(0, at + 1).join('/');
    if (kindAt(server, above) !== 'file') continue;
    for (const [old, seen] of filesAt(server, above)) oracle.superseded(old, seen);
    server.disk.user.remove(inTree(above));
    server.hint(above);
  }
}
