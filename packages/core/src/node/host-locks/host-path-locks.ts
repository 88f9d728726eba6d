import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SyncError } from '../../model/error.js';
import { keyOf, type FileKey } from '../../model/path.js';
import { sleep, type Clock } from '../../ports/clock.js';
import type { HostStore } from '../../ports/host-store.js';
import type { Random } from '../../ports/random.js';
import { createPathLocks, type PathLocks } from '../../replica/index.js';
import { waitForProcessLock } from '../process-lock.js';
import { openLockTable, type LockTable } from './lock-table.js';
import { openHostNotes, type HostNotes } from './host-notes.js';
import { becomeOwner, isAlive, removeDead } from './owners.js';

const openingWaitMs = 10_000;
const pollMs = 5;
/** A holder is asked for signs of life at the first and every so many further tries. */
const triesPerLook = 20;

/** Locks of paths among all processes of this host that open them in the same directory. The caller owes `close`. */
export interface HostPathLocks extends PathLocks {
  /** What else these processes know together. */
  readonly host: HostStore;
  /** Frees whatever is still held here. */
  close(): void;
}

/** Where the locks are kept, and what they wait with. */
export interface HostPathLockOptions {
  /** Absolute path of a directory for nothing else, on a local disk; made when missing. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Opens the locks. Within a process they cost what `createPathLocks` costs, plus two small transactions per batch, never flushed.
 * All or none is taken at once and nobody who waits holds anything of another process, so there is no deadlock. What a killed
 * process held is free as soon as somebody asks for it. Throws STORAGE_FAILED or NOT_PERMITTED.
 */
export function openHostPathLocks({ directory, clock, random }: HostPathLockOptions): HostPathLocks {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { table, notes, leave } = enter(directory, { clock, random });
  const local = createPathLocks();
  let closed = false;

  /** What could not be freed, since the disk was full, say: the others wait for it until it is. */
  let unfreed: readonly FileKey[] = [];

  const giveBack = (files: readonly FileKey[], releaseLocal: () => void) => (): void => {
    releaseLocal();
    if (closed) return;
    const all = [...unfreed, ...files];
    try {
      table.free(all);
      unfreed = [];
    } catch {
      unfreed = all;
    }
  };

  return {
    host: notes,
    async acquire(asked) {
      const files = distinct(asked);
      const releaseLocal = await local.acquire(files);
      try {
        await takeWhenFree(files);
      } catch (error) {
        releaseLocal();
        throw error;
      }
      return giveBack(files, releaseLocal);
    },
    tryAcquire(asked) {
      const files = distinct(asked);
      const releaseLocal = local.tryAcquire(files);
      if (releaseLocal === null) return null;
      if (table.take(files) === null) return giveBack(files, releaseLocal);
      releaseLocal();
      return null;
    },
    close() {
      if (closed) return;
      closed = true;
      leave();
    },
  };

  async function takeWhenFree(files: readonly FileKey[]): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const holder = table.take(files);
      if (holder === null) return;
      if (tries % triesPerLook === 0 && !isAlive(directory, holder)) table.clear(holder);
      else await sleep(clock, pollMs);
    }
  }
}

/** One process at a time comes in. The first of them begins a new table: what an earlier life left means nothing. */
function enter(
  directory: string,
  { clock, random }: Pick<HostPathLockOptions, 'clock' | 'random'>,
): { table: LockTable; notes: HostNotes; leave: () => void } {
  const door = waitForProcessLock(join(directory, 'opening.lock'), openingWaitMs);
  if (door === null) {
    const message = `Could not open the locks in ${directory}: another process has been opening them for ${openingWaitMs / 1000} s; end that one.`;
    throw new SyncError('STORAGE_FAILED', message);
  }
  try {
    const [locks, notes] = [join(directory, 'locks.db'), join(directory, 'notes.db')];
    if (removeDead(directory).length === 0) {
      for (const file of [locks, notes]) {
        for (const each of [file, `${file}-wal`, `${file}-shm`]) rmSync(each, { force: true });
      }
    }
    const owner = becomeOwner(directory, random);
    const table = openLockTable(locks, owner.name);
    const opened = openHostNotes(notes, clock.now());
    const leave = (): void => {
      table.clear(owner.name);
      for (const each of [table, opened]) each.close();
      owner.release();
    };
    return { table, notes: opened, leave };
  } finally {
    door.release();
  }
}

function distinct(files: readonly FileKey[]): FileKey[] {
  return [...new Map(files.map((file) => [keyOf(file), { folder: file.folder, path: file.path }])).values()];
}
