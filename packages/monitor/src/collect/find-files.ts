import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileKey, IndexRow, IndexStore } from '@lockstep/core';
import { keyOf } from '@lockstep/core';

/** One file and where it is. */
export interface FoundFile {
  readonly folder: string;
  readonly path: string;
  readonly state: 'live' | 'deleted';
  readonly size: number | null;
  readonly digest: string | null;
  readonly modifiedMs: number;
  readonly modifiedBy: string;
  /** Per peer: it acknowledged this version, it could not take it yet, or it has not been told. */
  readonly peers: Readonly<Record<string, 'there' | 'deferred' | 'pending'>>;
}

/** Which files to look for. */
export interface FileQuery {
  readonly folder?: string | undefined;
  /** Start of the path. */
  readonly prefix: string;
  readonly limit: number;
}

/** Files found; `more` says that the list was cut. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly more: boolean;
}

/** Rows read before other work gets a turn: a few milliseconds. */
const sliceRows = 250;
/** Deferred rows of one peer that are looked at. */
const deferredRead = 5_000;

/**
 * The files of the index whose path begins with `prefix`, by path; without a prefix and a folder the latest changes, newest
 * first. Reads the index in slices, so that a large one does not stop the app.
 */
export async function findFiles(
  index: IndexStore,
  peers: readonly string[],
  query: FileQuery,
): Promise<FoundFiles> {
  const found =
    query.prefix === '' && query.folder === undefined
      ? latestRows(index, query.limit + 1)
      : await matchingRows(index, query);
  const where = whereOf(index, peers);
  return {
    files: found.slice(0, query.limit).map((row) => foundFile(row, where)),
    more: found.length > query.limit,
  };
}

async function matchingRows(index: IndexStore, { folder, prefix, limit }: FileQuery): Promise<IndexRow[]> {
  const found: IndexRow[] = [];
  let position = 0;
  while (found.length <= limit) {
    const rows = index.after(position, sliceRows);
    const last = rows.at(-1);
    if (!last) break;
    for (const row of rows) {
      const inFolder = folder === undefined || row.entry.folder === folder;
      if (inFolder && row.entry.path.startsWith(prefix)) found.push(row);
    }
    position = last.sequence;
    await nextTurn();
  }
  return found.sort((a, b) => compare(keyOf(a.entry), keyOf(b.entry)));
}

function latestRows(index: IndexStore, limit: number): IndexRow[] {
  const last = index.lastSequence();
  let span = limit;
  while (span < last && index.countAfter(last - span) < limit) span *= 2;
  const rows: IndexRow[] = [];
  let position = Math.max(0, last - span);
  for (;;) {
    const page = index.after(position, sliceRows);
    const end = page.at(-1);
    if (!end) break;
    rows.push(...page);
    position = end.sequence;
  }
  return rows.slice(-limit).reverse();
}

type Where = (row: IndexRow) => FoundFile['peers'];

function whereOf(index: IndexStore, peers: readonly string[]): Where {
  const known = peers.map((name) => ({
    name,
    cursor: index.peers.get(name)?.cursor ?? 0,
    deferred: new Set(index.deferred.list(name, deferredRead).map((row: FileKey) => keyOf(row))),
  }));
  return (row) =>
    Object.fromEntries(
      known.map(({ name, cursor, deferred }) => {
        if (row.learnedFrom === name) return [name, 'there'] as const;
        if (deferred.has(keyOf(row.entry))) return [name, 'deferred'] as const;
        return [name, row.sequence <= cursor ? 'there' : 'pending'] as const;
      }),
    );
}

function foundFile(row: IndexRow, where: Where): FoundFile {
  const { entry } = row;
  return {
    folder: entry.folder,
    path: entry.path,
    state: entry.state,
    size: entry.state === 'live' ? entry.size : null,
    digest: entry.state === 'live' ? entry.digest : null,
    modifiedMs: entry.modifiedMs,
    modifiedBy: entry.modifiedBy,
    peers: where(row),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
