import type { Entry } from '../model/entry.js';
import type { NewRow } from '../ports/index-store.js';
import type { Parts } from './parts.js';

/** A change observed here is on the disk: if a power cut takes its row back, the next scan finds it again. */
export const lazily = { lazy: true };

/** Rows written in one transaction, so that the event loop is never blocked for long; */
const rowsPerTransaction = 100;

/** and where files were renamed: a pass of them and their former names, since both halves of a rename go out together. */
const rowsWithRenames = 500;

/** What is known of rows besides themselves, for who delivers them. */
interface Notes {
  readonly touched: ReadonlySet<Entry>;
  readonly renamed: ReadonlySet<Entry>;
}

/** Writes rows in transactions of bounded size and tells of each. */
export async function record(
  parts: Parts,
  rows: readonly NewRow[],
  notes: Notes = { touched: new Set(), renamed: new Set() },
): Promise<void> {
  const most = notes.renamed.size > 0 ? rowsWithRenames : rowsPerTransaction;
  for (let at = 0; at < rows.length; at += most) {
    const slice = rows.slice(at, at + most);
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    parts.index.transact(() => {
      for (const row of slice) parts.index.put(row);
    }, lazily);
    parts.unflushed.rows = true;
    const entries = slice.map((row) => row.entry);
    parts.events.emit('recorded', {
      sequence: parts.index.lastSequence(),
      entries,
      from: null,
      touched: entries.filter((entry) => notes.touched.has(entry)),
      renamed: entries.filter((entry) => notes.renamed.has(entry)),
    });
  }
}
