import type { DeferredRow, ErrorCode } from '@lockstep/core';
import type { OperationTotals, PeerCounters } from './deliver/counters.js';
import type { LinkStatus } from './deliver/peer.js';
import type { PeerState } from './deliver/peer-loop.js';
import type { Problem } from './problem-book.js';
import type { FolderWatchStatus } from './watch/folder-watch.js';

/** Everything the page, the metrics and a caller may want to know. Plain data. */
export interface SenderStatus {
  /** Watching and delivering. */
  readonly active: boolean;
  readonly paused: boolean;
  readonly watching: {
    /** `polling` as soon as one folder is polled. */
    readonly mode: 'events' | 'polling';
    readonly reason: string | null;
    readonly folders: readonly FolderWatchStatus[];
  };
  readonly observing: ObservingStatus;
  readonly peers: readonly PeerStatus[];
  readonly latency: LatencyStatus;
  readonly totals: OperationTotals;
  /** Files that cannot be read now. */
  readonly problems: readonly Problem[];
  readonly skipped: SkippedStatus;
}

export interface ObservingStatus {
  readonly hints: number;
  /** Changes recorded. */
  readonly observed: number;
  /** Hints that found disk and index equal. */
  readonly unchanged: number;
  /** Hints left out by the rules. */
  readonly skipped: number;
  /** Hints that coalescing merged into another. */
  readonly merged: number;
  readonly pending: number;
}

export interface LatencyStatus {
  /** From the change to the peer's answer, in ms; null before the first. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly recent: readonly number[];
}

export interface SkippedStatus {
  readonly count: number;
  /** At most 1,000. */
  readonly list: readonly {
    readonly folder: string;
    readonly path: string;
    readonly reason: string;
    readonly size: number | null;
  }[];
}

export interface PeerStatus {
  /** Null until its first hello. */
  readonly name: string | null;
  readonly url: string;
  readonly state: PeerState;
  readonly code: ErrorCode | null;
  readonly message: string | null;
  /** Changes that the peer has not acknowledged. */
  readonly lagChanges: number;
  /** Age of the oldest of them. */
  readonly lagSeconds: number;
  /** The same as `lagChanges` without those on their way. */
  readonly pending: number;
  readonly inFlight: number;
  readonly deferredCount: number;
  /** At most 100. */
  readonly deferred: readonly Omit<DeferredRow, 'peer' | 'sequence'>[];
  readonly lastContactMs: number | null;
  /** The peer's clock minus ours. */
  readonly skewMs: number | null;
  readonly sent: PeerCounters;
  /** Null where there is no network. */
  readonly link: LinkStatus | null;
  readonly nextTryMs: number | null;
  readonly failures: number;
}
