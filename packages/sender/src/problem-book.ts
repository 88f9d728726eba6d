import { keyOf, type ErrorCode, type FileKey, type Replica } from '@lockstep/core';
import type { FolderWatch } from './watch/folder-watch.js';

export interface Problem {
  readonly folder: string;
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Files that cannot be synchronised now. */
export interface ProblemBook {
  list(): readonly Problem[];
  close(): void;
}

const mostProblems = 1_000;

/** Follows the replica's events; directories that cannot be listed come from the scans. */
export function createProblemBook(replica: Replica, folders: readonly FolderWatch[]): ProblemBook {
  const problems = new Map<string, Problem>();
  const add = (problem: Problem & FileKey): void => {
    if (problems.size < mostProblems) problems.set(keyOf(problem), problem);
  };
  const remove = (file: FileKey): void => void problems.delete(keyOf(file));
  replica.events.on('problem', add);
  replica.events.on('solved', remove);

  return {
    list: () => [...problems.values(), ...folders.flatMap(unlisted)],
    close() {
      replica.events.off('problem', add);
      replica.events.off('solved', remove);
    },
  };
}

function unlisted({ lastScan }: FolderWatch): Problem[] {
  return (lastScan?.unreadable ?? []).map(({ path, code }) => ({
    folder: lastScan?.folder ?? '',
    path,
    code,
    message: 'The directory cannot be listed; nothing in it is synchronised.',
  }));
}
