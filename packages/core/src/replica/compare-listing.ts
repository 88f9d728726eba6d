import { compareBytes } from '../model/compare-bytes.js';
import type { FileKey, SyncPath } from '../model/path.js';
import type { StampRow } from '../ports/index-store.js';
import type { Listed, Listing } from '../ports/work.js';
import type { Parts } from './parts.js';

/** Rows read at once: about a millisecond of the event loop. */
const rowsPerPage = 1_000;

/** A folder, or a directory in it. */
export interface Place {
  readonly folder: string;
  readonly directory: SyncPath | undefined;
}

/**
 * Compares what is on the disk with the rows of the index. Both come in the order of their paths, page by page, so that memory does not
 * grow with the folder. `differs` is called for what is new or changed; what is missing is given when everything was listed, since
 * nothing is concluded from the silence of a directory that could not be read. A path is only worth a look then: whoever observes it
 * under its lock decides.
 */
export async function compareListing(
  parts: Parts,
  place: Place,
  differs: (path: SyncPath) => Promise<void>,
): Promise<{ readonly listing: Listing; readonly missing: readonly SyncPath[] }> {
  const { folder, directory } = place;
  const rows = readRows(parts, place);
  const missing: SyncPath[] = [];

  async function passOverRowsBefore(path: SyncPath | null): Promise<StampRow | null> {
    for (let row = await rows.first(); row !== null; row = await rows.first()) {
      if (path !== null && compareBytes(row.path, path) >= 0) return row;
      rows.drop();
      if (row.state === 'live') missing.push(row.path);
    }
    return null;
  }

  async function take(files: readonly Listed[]): Promise<void> {
    for (const { path, stamp } of files) {
      const row = await passOverRowsBefore(path);
      const known = row?.path === path ? row.stamp : null;
      if (row?.path === path) rows.drop();
      // A held file that is here again ends its hold, though a folder moved away and back leaves every stamp as it was.
      if (known !== stamp || parts.held.holdOf({ folder, path }) !== undefined) await differs(path);
    }
  }

  const what = { ...(directory === undefined ? {} : { directory }), ignore: parts.ignore.spec() };
  const listing = await parts.work.list(folder, what, take);
  await passOverRowsBefore(null);
  return { listing, missing: missing.filter((path) => mayBeGone(parts, { folder, path }, listing)) };
}

/** The rows of a place in the order of their paths. */
interface Rows {
  /** The first row that was not dropped; null after the last one. */
  first(): Promise<StampRow | null>;
  drop(): void;
}

/** Reads a page when the one before is used up, and yields to the event loop before that. */
function readRows(parts: Parts, { folder, directory }: Place): Rows {
  const query = { folder, ...(directory === undefined ? {} : { directory }), limit: rowsPerPage };
  let page: readonly StampRow[] = [];
  let at = 0;
  let isLastPage = false;

  async function turn(): Promise<void> {
    const after = page.at(-1)?.path ?? null;
    if (after !== null) await new Promise((resolve) => setImmediate(resolve));
    page = parts.index.stamps({ ...query, after });
    at = 0;
    isLastPage = page.length < rowsPerPage;
  }

  return {
    async first() {
      if (at >= page.length && !isLastPage) await turn();
      return page[at] ?? null;
    },
    drop: () => void (at += 1),
  };
}

function mayBeGone(parts: Parts, file: FileKey, listing: Listing): boolean {
  if (parts.held.holdOf(file) !== undefined) return false;
  if (listing.unreadable.some(({ path }) => path === '' || file.path.startsWith(`${path}/`))) return false;
  return parts.ignore.why(file) === null;
}
