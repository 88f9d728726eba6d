import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fleet } from '../harness/index.js';

/** What was written, so that nothing of it can be lost unnoticed. */
export interface History {
  /** Writes at a server and remembers it. Contents must differ from all others of the path. */
  write(server: number, path: string, content: string | Uint8Array): Promise<void>;
  /**
   * Of every path, the last content of each server that wrote it: it is what the path has now, or it was replaced by a peer's and
   * lies in an archive. Gives what is lost, one line each.
   */
  lost(): Promise<readonly string[]>;
}

/** Remembers the writes at the servers of a fleet. */
export function createHistory(fleet: Fleet): History {
  const last = new Map<string, { readonly path: string; readonly digest: string; readonly by: number }>();
  return {
    async write(server, path, content) {
      await fleet.at(server).files.write(path, content);
      const digest = createHash('sha256').update(content).digest('hex');
      last.set(`${server} ${path}`, { path, digest, by: server });
    },
    async lost() {
      const archived = new Set<string>();
      for (const { root } of fleet.servers) {
        for (const name of await readdir(join(root, '.lockstep', 'archive'))) archived.add(name);
      }
      const tree = await fleet.at(0).files.tree();
      return [...last.values()]
        .filter(({ path, digest }) => !(tree.get(path) ?? '').startsWith(digest.slice(0, 16)))
        .filter(({ digest }) => !archived.has(digest))
        .map(
          ({ path, by }) => `${path} as ${fleet.at(by).name} wrote it last: now ${tree.get(path) ?? 'gone'}`,
        );
    },
  };
}
