import { digestOf } from '@lockstep/core/testing';
import { archiveRoot, folder, treeRoot } from './places.js';
import type { Server } from './server.js';

/** One content at one path, as somebody wrote it. */
interface Written {
  readonly path: string;
  readonly content: string;
  readonly by: string;
  /** The name it had before a rename: a commit that was at work on that one may have archived it under it. */
  readonly formerPath: string;
  /** Somebody who had it before his eyes replaced or deleted it. */
  superseded: boolean;
  /** Set aside by a server that got it from another, before somebody there changed the file or deleted it. */
  buried: boolean;
  /** The only disk that had it was destroyed. */
  excused: boolean;
}

/** Remembers what the users wrote and what they had seen when they wrote; judges what is left in the end. */
export interface Oracle {
  /** A user at this server put this content there, or renamed it. */
  wrote(by: string, path: string, content: string, formerPath?: string): void;
  /** A user who saw this content replaced or removed it. */
  superseded(path: string, content: string): void;
  /** A user removed what was at this path. */
  removed(path: string): void;
  /** A user is about to act on this path of a server: what the server has set aside there is his decision too. */
  decided(server: Server, path: string): void;
  /** A server is about to lose its disk: what nobody else has is lost with it, and nobody is to blame. */
  losing(server: Server, servers: readonly Server[]): void;
  /** What is wrong in the end, a line each. With `never`, no such content may have won. */
  judge(servers: readonly Server[], never: 'superseded' | 'buried' | null): string[];
}

/** The files of a server's folder as text, by path. */
export function treeOf(server: Server): Map<string, string> {
  const decoder = new TextDecoder();
  const files = server.disk.user.files(treeRoot);
  return new Map([...files].map(([path, { bytes }]) => [path, decoder.decode(bytes)]));
}

/** True when a person could bring this content back from this server's archive. */
function canRestore(server: Server, { path, content, formerPath }: Written): boolean {
  const digest = digestOf(content);
  if (server.disk.user.readText(`${archiveRoot}/${digest}`) !== content) return false;
  if (server.hasLostRows) return true;
  return server.index.archive
    .list({ folder })
    .some((row) => row.digest === digest && (row.path === path || row.path === formerPath));
}

/** An oracle that knows of nothing. */
export function createOracle(): Oracle {
  const known = new Map<string, Written>();
  const removed = new Set<string>();
  const keyOf = (path: string, content: string): string => `${path}\0${content}`;
  const unseen = (): Written[] => [...known.values()].filter((one) => !one.superseded && !one.excused);

  function lost(servers: readonly Server[], trees: readonly Map<string, string>[]): string[] {
    return unseen()
      .filter(({ path, content }) => !trees.some((tree) => tree.get(path) === content))
      .filter((one) => !servers.some((server) => canRestore(server, one)))
      .map(({ path, content, by }) => `lost: "${content}", written by ${by} to ${path}`);
  }

  /** The path may differ: a folder that is renamed takes along what a commit just puts into it. */
  function invented(tree: ReadonlyMap<string, string>): string[] {
    const contents = new Set([...known.values()].map(({ content }) => content));
    return [...tree]
      .filter(([, content]) => !contents.has(content))
      .map(([path, content]) => `invented: "${content}" at ${path}, which nobody wrote`);
  }

  function rolledBack(tree: ReadonlyMap<string, string>, never: 'superseded' | 'buried'): string[] {
    const old = [...tree]
      .filter(([path, content]) => known.get(keyOf(path, content))?.[never] === true)
      .map(([path, content]) => `rolled back: "${content}" at ${path} had been ${never}`);
    const gone = unseen()
      .filter(({ path }) => !tree.has(path) && !removed.has(path))
      .map(({ path, content }) => `undone: "${content}" at ${path}, where nobody ever removed anything`);
    return [...old, ...gone];
  }

  return {
    wrote(by, path, content, formerPath = path) {
      const written = { path, content, by, formerPath, superseded: false, buried: false, excused: false };
      known.set(keyOf(path, content), written);
    },
    superseded(path, content) {
      const one = known.get(keyOf(path, content));
      if (one !== undefined) one.superseded = true;
    },
    removed(path) {
      removed.add(path);
    },
    decided(server, path) {
      const rows = server.index.archive.list({ folder }).filter((row) => row.path === path);
      const aside = new Set(rows.map(({ digest }) => digest));
      for (const one of known.values()) {
        if (one.path === path && one.by !== server.name && aside.has(digestOf(one.content)))
          one.buried = true;
      }
    },
    losing(server, servers) {
      const others = servers.filter((other) => other !== server);
      const trees = others.map(treeOf);
      for (const one of unseen()) {
        const isElsewhere = trees.some((tree) => tree.get(one.path) === one.content);
        if (!isElsewhere && !others.some((other) => canRestore(other, one))) one.excused = true;
      }
    },
    judge(servers, never) {
      const trees = servers.map(treeOf);
      const [tree = new Map<string, string>()] = trees;
      return [...lost(servers, trees), ...invented(tree), ...(never === null ? [] : rolledBack(tree, never))];
    },
  };
}
