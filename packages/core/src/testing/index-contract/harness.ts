import type { TestContext } from 'node:test';
import type { Entry } from '../../model/entry.js';
import type { FileKey } from '../../model/path.js';
import type { NodeId } from '../../model/version-vector.js';
import type { IndexRow, IndexStore, NewRow } from '../../ports/index-store.js';
import { fileKey, liveEntry } from '../entries.js';
import type { FakeClock } from '../fake-clock.js';

/** A store that the suite may do anything with. */
export interface IndexUnderTest {
  readonly index: IndexStore;
  /** The clock the store was opened with. */
  readonly clock: FakeClock;
  /** Closes the store and opens its state again, as the same node or as another one. */
  readonly reopen: (options?: { readonly node?: NodeId }) => IndexStore;
}

/** Opens a new, empty index of node `a` for one test, and sees to its end. */
export type OpenIndex = (t: TestContext) => IndexUnderTest;

/** A row of an entry, as observed here. */
export function rowOf(entry: Entry, fields: Partial<NewRow> = {}): NewRow {
  const stamp = entry.state === 'live' ? `${entry.size}:1:1:1` : null;
  return { entry, stamp, learnedFrom: null, recordedMs: 1_000, ...fields };
}

/** A row of a live file in `static`. */
export function fileRow(path: string, content = path, fields: Partial<NewRow> = {}): NewRow {
  return rowOf(liveEntry(content, fileKey('static', path)), fields);
}

/** A key in `static`. */
export function key(path: string): FileKey {
  return fileKey('static', path);
}

/** What the rows are about, to compare in one line. */
export function pathsOf(rows: readonly IndexRow[]): string[] {
  return rows.map((row) => row.entry.path);
}
