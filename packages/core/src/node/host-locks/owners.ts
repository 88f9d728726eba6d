import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../ports/random.js';
import { acquireProcessLock } from '../process-lock.js';

const suffix = '.owner';

/** One process among those that share the locks. */
export interface Owner {
  readonly name: string;
  /** Ends this owner's life, as the end of its process does. */
  release(): void;
}

/** Begins the life of an owner: the kernel ends it with the process, whatever ends that. Names are never given twice. */
export function becomeOwner(directory: string, random: Random): Owner {
  const name = random.id();
  const file = fileOf(directory, name);
  const lock = acquireProcessLock(file);
  return {
    name,
    release() {
      lock?.release();
      rmSync(file, { force: true });
    },
  };
}

/** Whether the process of this owner runs. Of this process's own owner it must not be asked. */
export function isAlive(directory: string, name: string): boolean {
  const lock = acquireProcessLock(fileOf(directory, name));
  lock?.release();
  return lock === null;
}

/** Removes what dead owners left; gives the names of the living. Nobody may become an owner meanwhile. */
export function removeDead(directory: string): string[] {
  const names = readdirSync(directory)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length));
  return names.filter((name) => {
    const alive = isAlive(directory, name);
    if (!alive) rmSync(fileOf(directory, name), { force: true });
    return alive;
  });
}

function fileOf(directory: string, name: string): string {
  return join(directory, `${name}${suffix}`);
}
