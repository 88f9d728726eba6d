import type { ActivityRow, ArchiveRow, FolderTotals, HoldReason } from '@lockstep/core';

/** The one word for how this server is. The first that applies, in this order, except that `in-step` comes last. */
export type StateWord =
  'damaged' | 'missing' | 'held' | 'paused' | 'standby' | 'alone' | 'unreachable' | 'catching-up' | 'in-step';

/** Something a person should know although the state may be good. */
export interface StatusNote {
  readonly key: string;
  readonly tone: 'info' | 'warn';
  readonly text: string;
}

/** One file that a peer could not take yet. */
export interface DeferredFile {
  readonly folder: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly nextTryMs: number | null;
}

/** One peer, from the sender while it is active, else from the index. */
export interface PeerStatus {
  readonly name: string;
  readonly url: string | null;
  readonly state: 'up' | 'unreachable' | 'connecting' | 'unknown';
  /** Why it is not up. */
  readonly code: string | null;
  readonly message: string | null;
  /** Changes that it has not acknowledged; deferred ones are counted apart. */
  readonly lagChanges: number;
  /** Age of the oldest change that it has not acknowledged. */
  readonly lagSeconds: number;
  /** Of these, not yet on their way. */
  readonly pending: number;
  readonly inFlight: number;
  readonly deferredCount: number;
  /** The first of them. */
  readonly deferred: readonly DeferredFile[];
  readonly lastContactMs: number | null;
  /** When it was last heard asking us something. */
  readonly lastHeardMs: number | null;
  /** Its clock minus ours. */
  readonly skewMs: number | null;
  readonly nextTryMs: number | null;
  readonly bytesSent: number;
  /** Null while the sender tells nothing of it. */
  readonly link: LinkStatus | null;
}

/** The way to a peer. */
export interface LinkStatus {
  /** As measured; null while too little was sent. */
  readonly bytesPerSecond: number | null;
  readonly roundTripMs: number | null;
  /** The configured limit; null for none. */
  readonly maxBytesPerSecond: number | null;
  /** Whether text goes out compressed now, and why, or why not. */
  readonly compressing: boolean;
  readonly compressionReason: string;
  /** Bytes of requests as they travelled. */
  readonly bytesOnWire: number;
  /** Bytes that compression saved. */
  readonly bytesSaved: number;
}

/** How an operation went since the process started. */
export interface OperationStatus {
  readonly ok: number;
  readonly failed: number;
  readonly total: number;
  /** 0–1; null before the first. */
  readonly successRate: number | null;
}

/** A file left out or not readable. */
export interface LeftOut {
  readonly folder: string;
  readonly path: string;
  readonly reason: string;
  readonly size: number | null;
}

/** A file that could not be read; the others go on. */
export interface ProblemFile {
  readonly folder: string;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A stopped batch of deletions; `paths` are the first of `count`. */
export interface HoldStatus {
  readonly id: number;
  readonly folder: string;
  readonly reason: HoldReason;
  readonly peer: string | null;
  readonly createdMs: number;
  readonly count: number;
  readonly paths: readonly string[];
}

/** Latency from a change here to its acknowledgement by a peer. */
export interface LatencyStatus {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** The last values, oldest first. */
  readonly recentMs: readonly number[];
}

/** The process that hosts the app. */
export interface ProcessStatus {
  readonly pid: number;
  readonly uptimeSeconds: number;
  /** Of one core, since the last look; null at the first. */
  readonly cpuPercent: number | null;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Event-loop delay beyond the sampling interval; null until it was sampled. */
  readonly eventLoopP50Ms: number | null;
  readonly eventLoopP99Ms: number | null;
}

/** Everything the page shows: the JSON of `api/status`. */
export interface MonitorStatus {
  readonly node: string;
  readonly title: string;
  readonly atMs: number;
  readonly state: {
    readonly word: StateWord;
    readonly text: string;
    readonly detail: string;
    /** True when this process watches and sends. */
    readonly active: boolean;
    /** Otherwise the process of this host that does, and the age of its figures, which are shown here. */
    readonly elsewhere: { readonly pid: number; readonly ageMs: number } | null;
    readonly paused: boolean;
  };
  readonly notes: readonly StatusNote[];
  readonly watching: { readonly mode: string; readonly reason: string | null };
  readonly index: { readonly sequence: number; readonly digest: string };
  readonly folders: readonly FolderTotals[];
  readonly peers: readonly PeerStatus[];
  readonly queue: {
    /** Hints that have not rested yet. */
    readonly hints: number;
    /** Changes that at least one peer has not acknowledged: the longest outbox. */
    readonly changes: number;
    readonly deferred: number;
    readonly inFlight: number;
    readonly receiving: number;
  };
  readonly operations: Readonly<Record<'upload' | 'delete' | 'move', OperationStatus>>;
  readonly received: OperationStatus;
  readonly bytes: { readonly sent: number; readonly received: number };
  /** Work that was not done because it was not needed. */
  readonly avoided: {
    readonly total: number;
    readonly coalesced: number;
    readonly unchanged: number;
    readonly copied: number;
    readonly known: number;
  };
  readonly latency: LatencyStatus;
  readonly problems: readonly ProblemFile[];
  readonly skipped: { readonly count: number; readonly files: readonly LeftOut[] };
  readonly conflicts: { readonly count: number; readonly recent: readonly ArchiveRow[] };
  readonly archive: {
    readonly rows: number;
    readonly bytes: number;
    readonly recent: readonly ArchiveRow[];
  };
  readonly holds: readonly HoldStatus[];
  readonly failures: Readonly<Record<string, number>>;
  readonly scans: { readonly lastMs: number | null; readonly nextMs: number | null };
  readonly activity: readonly ActivityRow[];
  readonly process: ProcessStatus;
}
