import {
  keyOf,
  type Clock,
  type DeferredRow,
  type FileKey,
  type IndexRow,
  type IndexStore,
  type NodeId,
  type PeerRow,
} from '@lockstep/core';
import { createAcknowledgements, type Acknowledgements } from './acknowledgements.js';
import { createBacklog, type Backlog } from './backlog.js';
import { createDeletionSpan, type DeletionSpan } from './deletion-span.js';
import { createNotedFiles, type NotedFiles } from './noted-files.js';
import { toItem, type Item, type ItemSource } from './item.js';
import type { FirstMeeting } from './first-meeting.js';
import type { RelayCheck } from './relay-check.js';
import { createRelays, waitUntil, type Relays } from './relays.js';

/** Rows read from the index at once, so that the event loop is not held up. */
const rowsPerRead = 500;
/** Reading goes on while fewer items than this are ready, */
const enoughReady = 1_000;
/** and fewer rows than this are open. */
const mostOpen = 20_000;
/** Deferred rows taken up at once. */
const deferredPerRead = 250;
/** The longest a deferred row waits, in ms: see `backoffMs`. */
const longestDeferralMs = 60_000;

export interface OutboxOptions {
  readonly index: IndexStore;
  readonly clock: Clock;
  /** Folders in the order of delivery. */
  readonly folders: readonly string[];
  /** Files up to this many bytes go out at once with their bytes. */
  readonly smallBytes: number;
  /** The peer as the index knows it. */
  readonly peer: PeerRow;
  /** Asks the peer before changes of others are offered; without it they are offered as they come. */
  readonly relayCheck?: RelayCheck;
  /** Finds out which of the old rows a peer has; without it they are offered. */
  readonly meeting?: FirstMeeting;
  /** The peer turned out to have so many rows that were to be offered. */
  readonly onKnown?: (count: number) => void;
}

/** The index rows after one peer's cursor, the deferred ones that are due, and what became of them. No queue beside the index. */
export interface Outbox {
  readonly peer: NodeId;
  readonly backlog: Backlog;
  /** Reads what is ready now. Gives true when there is more to read at once. */
  fill(): boolean;
  /** In how many ms something becomes ready by itself, null when nothing waits. */
  readyInMs(): number | null;
  /** True when the index has another row by now: asked when the file was not what the item says. */
  isOutdated(item: Item): boolean;
  /** Nothing is left to do for the item here: the peer has this or a newer version, or it is saved in the deferred table. */
  settle(item: Item): void;
  /** True when the peer has this row, or said why it cannot. */
  isAcknowledged(sequence: number): boolean;
  /** Only mode or mtime of these files changed: they are offered, since the peer has the content most likely. */
  readonly touched: NotedFiles;
  /** Both halves of renames: they go in one request, so that the peer renames too. */
  readonly renamed: NotedFiles;
  /** Offers a file again although it was acknowledged. */
  again(file: FileKey): void;
  /** Rows that peers have not acknowledged, without those that only wait to be relayed. */
  lag(): { readonly changes: number; readonly oldestMs: number | null };
  /** Sequence of the oldest file of this server that is not settled; Infinity when there is none. Large ones do not count. */
  oldestFile(): number;
  /** True while an own change up to `sequence` is not acknowledged. */
  owes(sequence: number): boolean;
  /** A file recorded while something was deleted may be a moved one. Deletions are noted as they happen, rows may be read later. */
  readonly deletions: DeletionSpan;
  readonly cursor: number;
  readonly isEmpty: boolean;
}

export function createOutbox(options: OutboxOptions): Outbox {
  return new IndexOutbox(options);
}

class IndexOutbox implements Outbox {
  readonly peer: NodeId;
  readonly backlog: Backlog;
  readonly deletions = createDeletionSpan();
  readonly #options: OutboxOptions;
  readonly #context: Parameters<typeof toItem>[1];
  readonly #rows: Acknowledgements<Item>;
  readonly #relayed: Relays;
  /** Deferred items that are in memory now. */
  readonly #retrying = new Set<string>();
  readonly #again = new Set<string>();
  readonly touched = createNotedFiles();
  readonly renamed = createNotedFiles();
  /** The newest item of each path in memory. */
  readonly #latest = new Map<string, Item>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#context = { folders: options.folders, baseline: options.peer.baseline };
    this.peer = options.peer.name;
    this.backlog = createBacklog(options.folders.length);
    this.#rows = createAcknowledgements(options.peer.cursor);
    this.#relayed = createRelays(options.clock, options.relayCheck);
  }

  get cursor(): number {
    return this.#rows.cursor;
  }

  get isEmpty(): boolean {
    return this.#rows.open === 0 && this.backlog.length === 0 && !this.#hasUnread();
  }

  fill(): boolean {
    this.#release();
    this.#takeUpDeferred();
    if (this.backlog.length >= enoughReady || this.#rows.open >= mostOpen || !this.#hasUnread()) return false;
    if (this.#options.meeting?.isFull === true) return false;
    const last = this.#options.index.lastSequence();
    const rows = this.#options.index.after(this.#rows.position, rowsPerRead);
    for (const row of rows) this.#read(row);
    this.#release();
    if (rows.length === rowsPerRead) return true;
    // The last rows may have vanished from the index since.
    this.#rows.pass(Math.max(this.#rows.position, last));
    return false;
  }

  readyInMs(): number | null {
    const nextMs = this.#retrying.size > 0 ? null : this.#options.index.deferred.nextTryMs(this.peer);
    const retryMs = nextMs === null ? null : waitUntil(this.#options.clock, nextMs, longestDeferralMs);
    const relayMs = this.#relayed.readyInMs();
    return relayMs === null ? retryMs : Math.min(relayMs, retryMs ?? Infinity);
  }

  isOutdated(item: Item): boolean {
    return item.isOutdated || this.#options.index.get(item)?.sequence !== item.sequence;
  }

  settle(item: Item): void {
    if (item.source.from === 'cursor') this.#rows.acknowledge(item.sequence);
    else if (item.source.from === 'deferred') this.#retrying.delete(item.key);
    else this.#again.delete(item.key);
    if (this.#latest.get(item.key) === item) this.#latest.delete(item.key);
  }

  isAcknowledged(sequence: number): boolean {
    return sequence <= this.#rows.position && !this.#rows.isOpen(sequence);
  }

  again(file: FileKey): void {
    const row = this.#options.index.get(file);
    if (row === undefined || this.#again.has(keyOf(file)) || row.sequence > this.#rows.position) return;
    if (this.#rows.isOpen(row.sequence) || this.#retrying.has(keyOf(file))) return;
    this.#again.add(keyOf(file));
    this.#enter(row, { from: 'again' }, 'offer');
  }

  lag(): { changes: number; oldestMs: number | null } {
    const unread = this.#hasUnread() ? this.#options.index.countAfter(this.#rows.position) : 0;
    const changes = Math.max(0, this.#rows.open - this.#relayed.length) + unread;
    return { changes, oldestMs: changes === 0 ? null : this.#oldestMs() };
  }

  oldestFile(): number {
    for (const item of this.#rows.rows())
      if (item.isLive && item.isOwn && !item.isLarge) return item.sequence;
    return Number.POSITIVE_INFINITY;
  }

  owes(sequence: number): boolean {
    if (this.#rows.position < sequence && this.#hasUnread()) return true;
    for (const item of this.#rows.rows()) {
      if (item.sequence > sequence) return false;
      if (item.isOwn) return true;
    }
    return false;
  }

  #hasUnread(): boolean {
    return this.#rows.position < this.#options.index.lastSequence();
  }

  #oldestMs(): number | null {
    const nowMs = this.#options.clock.now();
    for (const item of this.#rows.rows()) if (item.readyMs <= nowMs) return item.recordedMs;
    return this.#options.index.after(this.#rows.position, 1)[0]?.recordedMs ?? null;
  }

  #read(row: IndexRow): void {
    const older = this.#latest.get(keyOf(row.entry));
    if (older !== undefined) older.isOutdated = true;
    if (row.learnedFrom === this.peer) return this.#rows.pass(row.sequence);
    const item = toItem(row, this.#context, { from: 'cursor' });
    this.#latest.set(item.key, item);
    this.#rows.read(row.sequence, item);
    if (!item.isLive) this.deletions.add(row.recordedMs);
    if (item.isOld && this.#options.meeting !== undefined) this.#options.meeting.push(item);
    else this.#line(item);
  }

  #line(item: Item): void {
    if (item.isOwn) this.backlog.add(item, this.#isFast(item) ? 'fast' : 'offer');
    else this.#relayed.push(item);
  }

  /** The peer cannot have it, and small content costs less than asking. Of a renamed file it has the content most likely. */
  #isFast(item: Item): boolean {
    if (this.touched.take(item.key) || this.renamed.has(item.key)) return false;
    return item.isLive && item.isNews && item.size <= this.#options.smallBytes;
  }

  /** Rows about which the peer had to be asked go out, or need not. */
  #release(): void {
    const met = this.#options.meeting?.take();
    for (const item of met?.offered ?? []) this.#line(item);
    const relayed = this.#relayed.take();
    for (const item of relayed.offered) this.backlog.add(item, 'offer');
    const known = [...(met?.known ?? []), ...relayed.known];
    for (const item of known) this.settle(item);
    if (known.length > 0) this.#options.onKnown?.(known.length);
  }

  #takeUpDeferred(): void {
    const { index, clock } = this.#options;
    const nextMs = this.#retrying.size > 0 ? null : index.deferred.nextTryMs(this.peer);
    if (nextMs === null || waitUntil(this.#options.clock, nextMs, longestDeferralMs) > 0) return;
    const untilMs = Math.max(nextMs, clock.now());
    for (const deferral of index.deferred.due(this.peer, untilMs, deferredPerRead)) this.#takeUp(deferral);
  }

  #takeUp(deferral: DeferredRow): void {
    const { index } = this.#options;
    const row = index.get(deferral);
    const follows =
      row !== undefined && (this.#rows.isOpen(row.sequence) || row.sequence > this.#rows.position);
    if (row === undefined || follows) return index.deferred.remove(this.peer, deferral);
    this.#retrying.add(keyOf(deferral));
    this.#enter(row, { from: 'deferred', deferral }, 'offer');
  }

  #enter(row: IndexRow, source: ItemSource, way: 'offer'): void {
    const item = toItem(row, this.#context, source);
    this.#latest.set(item.key, item);
    this.backlog.add(item, way);
  }
}
