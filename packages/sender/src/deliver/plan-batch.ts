import type { Entry, IndexStore, LiveEntry, Tombstone } from '@lockstep/core';
import type { Way } from './backlog.js';
import type { Item } from './item.js';
import type { Outbox } from './outbox.js';

/** An item and its entry as it is now. */
export interface Piece<E extends Entry = Entry> {
  readonly item: Item;
  readonly entry: E;
}

/** One request to come. `way` is the lane the items came from, and go back to when the request fails. */
export type Batch = { readonly rank: number; readonly way: Way } & (
  | { readonly send: 'offer'; readonly pieces: readonly Piece[] }
  | { readonly send: 'remove'; readonly pieces: readonly Piece<Tombstone>[] }
  /** Small files with their bytes. */
  | { readonly send: 'upload'; readonly pieces: readonly Piece<LiveEntry>[] }
  /** One large file, read in parts. */
  | { readonly send: 'stream'; readonly pieces: readonly [Piece<LiveEntry>] }
);

export interface BatchLimits {
  /** Entries of one offer: few, so that neither event loop is held up. */
  readonly offered: number;
  /** Files and bytes of one upload. */
  readonly files: number;
  readonly bytes: number;
}

/** What a delivery goes by. */
export interface DeliveryLimits extends BatchLimits {
  /** Files up to this many bytes go out at once with their bytes. */
  readonly smallBytes: number;
  /** How many peers this server has. */
  readonly peers: number;
}

/** What one planning goes by. */
export interface PlanLimits extends BatchLimits {
  /** Bytes of small files under way at once. */
  readonly bytesAtOnce: number;
  /** Large files at once, two at most and one at least: fewer than requests, so that small ones are never behind them. */
  readonly streams: number;
}

/** What is on its way. */
export interface InFlight {
  /** A path is never twice on its way. */
  has(key: string): boolean;
  /** The lowest rank whose batch others wait for; null when there is none. */
  readonly lowestRank: number | null;
  /** Bytes of small files on their way. */
  readonly smallBytes: number;
  /** Large files on their way. */
  readonly streams: number;
}

/** Deletions go in larger batches, since the peer judges a batch by what it deletes together. */
const removedPerOffered = 4;

const maxStreams = 2;

/** No rank waits longer than this for the one before it, in ms. */
const longestOrderMs = 1_000;

/**
 * Takes the next batch out of the backlog, null when nothing can go now. Ranks go one after the other, since a page must not name an
 * asset that is not there yet; within a rank what the peer asked for comes first.
 */
export function planBatch(
  context: {
    readonly outbox: Outbox;
    readonly index: IndexStore;
    readonly inFlight: InFlight;
    readonly nowMs: number;
  },
  limits: PlanLimits,
): Batch | null {
  return context.index.readTogether(() => new Planner(context, limits).plan());
}

type Context = Parameters<typeof planBatch>[0];

class Planner {
  readonly #context: Context;
  readonly #limits: PlanLimits;

  constructor(context: Context, limits: PlanLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  plan(): Batch | null {
    const { backlog } = this.#context.outbox;
    for (let rank = backlog.firstRank() ?? Infinity; rank <= this.#lastRank(); rank += 1) {
      if (this.#mustWait(rank)) return null;
      const batch =
        this.#upload(rank, 'want') ?? this.#upload(rank, 'fast') ?? this.#offer(rank) ?? this.#stream(rank);
      if (batch !== null) return batch;
    }
    return null;
  }

  #lastRank(): number {
    return this.#context.outbox.backlog.ranks - 1;
  }

  /** True while files of a lower rank are on their way, unless this rank has waited too long. */
  #mustWait(rank: number): boolean {
    const { inFlight, outbox, nowMs } = this.#context;
    if (rank === this.#lastRank() || inFlight.lowestRank === null || inFlight.lowestRank >= rank)
      return false;
    const lanes = (['want', 'fast', 'offer'] as const).map((way) => outbox.backlog.lane(rank, way).peek());
    return !lanes.some((item) => item !== undefined && nowMs - item.readyMs > longestOrderMs);
  }

  #stream(rank: number): Batch | null {
    if (this.#context.inFlight.streams >= Math.max(1, Math.min(maxStreams, this.#limits.streams)))
      return null;
    const [piece] = this.#collect(rank, 'large', { count: 1, bytes: Infinity });
    return isLivePiece(piece) ? { send: 'stream', way: 'large', rank, pieces: [piece] } : null;
  }

  #upload(rank: number, way: 'fast' | 'want'): Batch | null {
    const { files: count, bytes, bytesAtOnce } = this.#limits;
    if (this.#context.inFlight.smallBytes > bytesAtOnce - bytes) return null;
    const accept = way === 'fast' ? { accept: (piece: Piece) => this.#travels(piece) } : {};
    const pieces = this.#collect(rank, way, { count, bytes, ...accept }).filter(isLivePiece);
    return pieces.length === 0 ? null : { send: 'upload', way, rank, pieces };
  }

  /** False for content that the peer seems to have under another path: it goes over to the offers. */
  #travels({ item, entry }: Piece): boolean {
    const { outbox, index } = this.#context;
    if (entry.state !== 'live' || entry.size === 0) return true;
    const elsewhere = index
      .withDigest(entry.digest, 2, item.sequence)
      .some((row) => row.entry.path !== entry.path && outbox.isAcknowledged(row.sequence));
    if (!elsewhere && !outbox.deletions.isNear(item.recordedMs)) return true;
    outbox.backlog.add(item, 'offer');
    return false;
  }

  #offer(rank: number): Batch | null {
    if (rank === this.#lastRank()) return this.#remove(rank);
    const pieces = this.#collect(rank, 'offer', { count: this.#limits.offered, bytes: Infinity });
    if (pieces.length === 0) return null;
    return { send: 'offer', way: 'offer', rank, pieces: [...pieces, ...this.#formerNames(pieces)] };
  }

  /** The deletions of the old names of these files: in one request the peer sees renames, and renames too. */
  #formerNames(pieces: readonly Piece[]): Piece[] {
    const { backlog, renamed } = this.#context.outbox;
    const most = pieces.filter(({ item }) => renamed.take(item.key)).length;
    const lane = backlog.lane(this.#lastRank(), 'offer');
    const taken: Piece[] = [];
    const others: Item[] = [];
    for (
      let looked = 0;
      taken.length < most && looked < this.#limits.offered * removedPerOffered;
      looked += 1
    ) {
      const item = lane.shift();
      if (item === undefined) break;
      const isHalf = renamed.has(item.key) && !this.#context.inFlight.has(item.key);
      const piece = isHalf ? this.#pieceOf(item) : null;
      if (piece !== null) taken.push(piece);
      else if (!isHalf) others.push(item);
    }
    lane.putBack(others);
    for (const { item } of taken) renamed.take(item.key);
    return taken;
  }

  /**
   * Deletions wait for every file that was recorded before them: of a moved folder the peer must have the new files before it loses the
   * old ones, or it takes the move for a mass deletion.
   */
  #remove(rank: number): Batch | null {
    const count = this.#limits.offered * removedPerOffered;
    const before = this.#context.outbox.oldestFile();
    const pieces = this.#collect(rank, 'offer', { count, bytes: Infinity, before }).filter(isTombstonePiece);
    return pieces.length === 0 ? null : { send: 'remove', way: 'offer', rank, pieces };
  }

  /** Takes items of this rank, and of the next ones as long as the lower ones are emptied by this batch. */
  #collect(
    rank: number,
    way: Way,
    limit: { count: number; bytes: number; before?: number; accept?: (piece: Piece) => boolean },
  ): Piece[] {
    const { backlog } = this.#context.outbox;
    const taken: Piece[] = [];
    let bytes = 0;
    // Deletions go by themselves, after everything else.
    const lastLive = this.#lastRank() - 1;
    for (let at = rank; at <= Math.max(rank, lastLive); at += 1) {
      const lane = backlog.lane(at, way);
      const blocked: Item[] = [];
      while (taken.length < limit.count) {
        const item = lane.shift();
        if (item === undefined) break;
        if (limit.before !== undefined && item.sequence > limit.before) {
          lane.putBack([item]);
          break;
        }
        if (this.#context.inFlight.has(item.key)) blocked.push(item);
        else if (taken.length > 0 && bytes + item.size > limit.bytes) {
          lane.putBack([item]);
          break;
        } else {
          const piece = this.#pieceOf(item);
          if (piece === null || limit.accept?.(piece) === false) continue;
          taken.push(piece);
          bytes += item.size;
        }
      }
      lane.putBack(blocked);
      if (backlog.countOf(at) > 0) break;
    }
    return taken;
  }

  #pieceOf(item: Item): Piece | null {
    if (!item.isOutdated) return { item, entry: item.entry };
    this.#context.outbox.settle(item);
    return null;
  }
}

function isLivePiece(piece: Piece | undefined): piece is Piece<LiveEntry> {
  return piece?.entry.state === 'live';
}

function isTombstonePiece(piece: Piece): piece is Piece<Tombstone> {
  return piece.entry.state === 'deleted';
}
