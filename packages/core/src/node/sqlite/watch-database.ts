import { statSync } from 'node:fs';
import { isSyncError, SyncError } from '../../model/error.js';
import type { Clock } from '../../ports/clock.js';
import { openConnection, type Connection } from './connection.js';
import { checkDatabase } from './damage.js';

/** What belongs to a database in WAL mode. Nothing of it is renamed or removed while somebody has it open. */
const parts = ['', '-wal', '-shm'] as const;
type Part = (typeof parts)[number];

/** The pages are not read more often than this, in ms, */
const shortestRestMs = 2_000;
/** and for at most 1/500 of one core. */
const restFactor = 500;
/** A database up to this size is checked as a whole, in about 13 ms; of a larger one, so many rows at each look. */
const wholeBytes = 8 * 1024 * 1024;
const rowsPerLook = 2_000;

/** Looks at the files of an open database from outside, as somebody who opens it next would. */
export interface DatabaseWatch {
  /** What is wrong; null when nothing is. A few system calls while nothing was written. */
  look(): SyncError | null;
  /** Whether the database's name still leads to the file that was opened. */
  isInPlace(): boolean;
}

/** What is remembered of one of the files. */
interface Facts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** Begins to watch a database that was opened, and read, just now. */
export function watchDatabase(file: string, clock: Clock): DatabaseWatch {
  const begun = lookAt(file);
  let checked = begun;
  let nextCheckMs = clock.now() + shortestRestMs;
  let rowsUpTo = 0;

  /** The pages, through a connection that has none of them in memory. Asked only when something was written since. */
  const check = (): void => {
    const startedMs = clock.now();
    const seen = lookAt(file);
    const connection = openConnection(file, 0);
    try {
      if ((seen.get('')?.size ?? 0n) <= wholeBytes) checkDatabase(connection);
      else rowsUpTo = checkSomeRows(connection, rowsUpTo);
    } finally {
      connection.close();
    }
    if (rowsUpTo === 0) checked = seen;
    nextCheckMs = clock.now() + Math.max(shortestRestMs, (clock.now() - startedMs) * restFactor);
  };

  return {
    isInPlace: () => isSame(begun.get(''), factsOf(file)),
    look() {
      try {
        const now = lookAt(file);
        for (const part of parts) {
          const [then, there] = [begun.get(part), now.get(part)];
          if (then === undefined && there !== undefined) begun.set(part, there);
          else if (then !== undefined && !isSame(then, there)) return gone(part);
        }
        // It is never compacted: the file only grows.
        if ((now.get('')?.size ?? 0n) < (checked.get('')?.size ?? 0n)) return damaged('a part was cut off');
        if (clock.now() >= nextCheckMs && !isUnchanged(checked, now)) check();
        return null;
      } catch (error) {
        if (isSyncError(error, 'INDEX_DAMAGED')) return error;
        // Too many open files, say, or a directory that may not be read now: nothing is concluded from that.
        nextCheckMs = clock.now() + shortestRestMs;
        return null;
      }
    },
  };
}

function lookAt(file: string): Map<Part, Facts> {
  return new Map(
    parts.flatMap((part): [Part, Facts][] => {
      const facts = factsOf(`${file}${part}`);
      return facts === undefined ? [] : [[part, facts]];
    }),
  );
}

/** Undefined when it is missing. */
function factsOf(path: string): Facts | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function isSame(then: Facts | undefined, now: Facts | undefined): boolean {
  return then !== undefined && now !== undefined && then.dev === now.dev && then.ino === now.ino;
}

/** By mtime: SQLite sets the owner of the journal whenever root opens it, so its ctime changes by every check. */
function isUnchanged(then: ReadonlyMap<Part, Facts>, now: ReadonlyMap<Part, Facts>): boolean {
  return (['', '-wal'] as const).every((part) => {
    const [a, b] = [then.get(part), now.get(part)];
    return a?.size === b?.size && a?.mtimeNs === b?.mtimeNs;
  });
}

/**
 * Reads rows in the order of their sequence. Gives the last one, 0 when it has come to the end. They stay in SQLite, which reads each up to its last
 * column for the sum: as objects 1,000 of them took nine times as long, and gave the host a megabyte of garbage every second.
 */
function checkSomeRows(connection: Connection, after: number): number {
  const read = connection
    .prepare<
      [number, number],
      { readonly count: number; readonly last: number | null; readonly sum: number }
    >(
      'check the rows of the index',
      `SELECT COUNT(*) AS count, MAX(sequence) AS last, TOTAL(recorded_ms) AS sum
       FROM (SELECT sequence, recorded_ms FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?)`,
    )
    .get(after, rowsPerLook);
  return read === undefined || read.count < rowsPerLook ? 0 : (read.last ?? 0);
}

function gone(part: Part): SyncError {
  return damaged(`its file ${part === '' ? '' : `(${part.slice(1)}) `}was moved, removed or replaced`);
}

function damaged(why: string): SyncError {
  return new SyncError(
    'INDEX_DAMAGED',
    `The index is damaged: ${why} while it was open; a new one is begun.`,
  );
}
