import { compare, type Entry, type ParsedIndexPage } from '@lockstep/core';

/** Rows asked for at once. */
const pageSize = 500;

/** How the index of a peer is read. */
export interface PeerIndex {
  readonly page: (since: number, limit: number) => Promise<ParsedIndexPage>;
  readonly isCancelled: () => boolean;
}

/** The rows of a peer's index, page by page, until the end or until it is cancelled. */
export async function* readPeerIndex({
  page,
  isCancelled,
}: PeerIndex): AsyncGenerator<ParsedIndexPage['entries']> {
  for (let since: number | null = 0; since !== null && !isCancelled();) {
    const { entries, next }: ParsedIndexPage = await page(since, pageSize);
    yield entries;
    since = next;
  }
}

/** True for rows that are equal in all that the digest of an index counts. Who set an equal version up does not count. */
export function isEqualRow(a: Entry, b: Entry): boolean {
  if (compare(a.version, b.version) !== 'equal') return false;
  if (a.state === 'deleted' || b.state === 'deleted') return a.state === b.state;
  return a.digest === b.digest && a.mode === b.mode && a.mtimeMs === b.mtimeMs;
}
