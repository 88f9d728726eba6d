import { keyOf, type DeferredRow, type Entry, type FileKey, type IndexRow } from '@lockstep/core';

/** Why an item is in the outbox. `cursor`: the row lies after the cursor; `deferred`: it comes back; `again`: anti-entropy asked for it. */
export type ItemSource =
  | { readonly from: 'cursor' }
  | { readonly from: 'deferred'; readonly deferral: DeferredRow }
  | { readonly from: 'again' };

/** One row of the index on its way to one peer. */
export interface Item extends FileKey {
  readonly key: string;
  readonly entry: Entry;
  readonly sequence: number;
  readonly source: ItemSource;
  /** Place in the order of delivery: folders as configured, deletions last. */
  readonly rank: number;
  readonly isLive: boolean;
  /** Bytes of the content; 0 for a tombstone. */
  readonly size: number;
  /** False when another peer taught it to us. */
  readonly isOwn: boolean;
  /** Observed here as a change (not found by a new index), and since the peer was met: it cannot know it. */
  readonly isNews: boolean;
  /** Live, and here before the peer was met or found by a new index: it may well have the same. */
  readonly isOld: boolean;
  readonly recordedMs: number;
  /** When it may go out. */
  readonly readyMs: number;
  /** Since when the change exists, for the latency. */
  readonly sinceMs: number;
  /** Requests that carried it and failed as a whole. */
  failures: number;
  /** It goes by itself, and nothing waits for it. */
  isLarge: boolean;
  /** The peer said that it may have parts of it. */
  hasParts: boolean;
  /** A newer row of the path was read: it carries everything. */
  isOutdated: boolean;
}

/** What another peer taught us is offered after this long, in ms: its author delivers it, this heals a broken link. */
export const relayMs = 2_000;

/** An mtime or a clock may be far off: a change counts as older than its row by this much at most, in ms. */
const longestObserveMs = 5_000;

/** @param context `folders` in the order of delivery; `baseline` of the peer */
export function toItem(
  row: IndexRow,
  context: { readonly folders: readonly string[]; readonly baseline: number },
  source: ItemSource,
): Item {
  const { folders, baseline } = context;
  const { entry, sequence, learnedFrom, recordedMs } = row;
  const isLive = entry.state === 'live';
  const rank = isLive ? folders.indexOf(entry.folder) : folders.length;
  const isOwn = learnedFrom === null;
  const isFromCursor = source.from === 'cursor';
  const mayBeThere = sequence <= baseline || (isOwn && entry.version.size === 0);
  const waitedMs = recordedMs - entry.modifiedMs;
  return {
    folder: entry.folder,
    path: entry.path,
    key: keyOf(entry),
    entry,
    sequence,
    source,
    rank: rank < 0 ? folders.length - 1 : rank,
    isLive,
    size: isLive ? entry.size : 0,
    isOwn,
    isNews: isOwn && isFromCursor && !mayBeThere,
    isOld: isLive && isFromCursor && mayBeThere,
    recordedMs,
    readyMs: isOwn || !isFromCursor ? recordedMs : recordedMs + relayMs,
    sinceMs: waitedMs >= 0 && waitedMs < longestObserveMs ? entry.modifiedMs : recordedMs,
    failures: 0,
    isLarge: false,
    hasParts: false,
    isOutdated: false,
  };
}

/** The order of delivery: assets before pages, so that no page names an asset that is not there yet. */
export function deliveryOrder(folders: readonly string[]): readonly string[] {
  const first = ['static', 'instance'];
  const placeOf = (folder: string): number => {
    if (folder === 'templates') return first.length + 1;
    const place = first.indexOf(folder);
    return place < 0 ? first.length : place;
  };
  return [...folders].sort((a, b) => placeOf(a) - placeOf(b));
}
