import type { MonitorStatus } from '@lockstep/monitor';

/** One peer in short; the monitor page tells more. */
export interface PeerSummary {
  readonly name: string;
  readonly url: string | null;
  readonly state: 'up' | 'unreachable' | 'connecting' | 'unknown';
  /** Why it is not up. */
  readonly message: string | null;
  /** Changes of this server that the peer has not acknowledged. */
  readonly lagChanges: number;
  /** Age of the oldest of them, in seconds. */
  readonly lagSeconds: number;
  /** Files that it could not take yet; they are tried again. */
  readonly deferred: number;
  readonly lastContactMs: number | null;
}

/** How often something ended well and ill, since the process started. */
export interface Outcome {
  readonly ok: number;
  readonly failed: number;
}

/** Counts of this server. */
export interface SyncStatistics {
  readonly files: number;
  readonly bytes: number;
  /** Changes recorded in the life of this index. */
  readonly sequence: number;
  readonly uploads: Outcome;
  readonly deletes: Outcome;
  readonly moves: Outcome;
  readonly received: Outcome;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Work that was not done because it was not needed. */
  readonly avoided: number;
  readonly conflicts: number;
  /** Files that cannot be read or were left out for their kind. */
  readonly problems: number;
  /** Batches of deletions that wait for a person. */
  readonly holds: number;
  /** From a change here to its acknowledgement by a peer, in ms. */
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
}

/** The state of synchronisation of this host, as this process knows it. */
export interface FileSyncStatus {
  /** True from the end of `setupRealTimeFileSync` until `close`, except while `rebuilding`. */
  readonly active: boolean;
  /** True in the one process of this host that watches and sends. */
  readonly sending: boolean;
  /** In another process: the one that does, and how old its figures are, which are told here. Null when none is known. */
  readonly elsewhere: { readonly pid: number; readonly ageMs: number } | null;
  readonly paused: boolean;
  /** This server's name; null while not active. */
  readonly name: string | null;
  /** One word: `damaged`, `missing`, `in-step`, `catching-up`, `unreachable`, `held`, `paused`, `standby`, `alone`, `inactive`, or `rebuilding` while a damaged index could not be begun anew. */
  readonly state: MonitorStatus['state']['word'] | 'inactive' | 'rebuilding';
  readonly folders: readonly string[];
  readonly statistics: SyncStatistics;
  readonly peers: readonly PeerSummary[];
}

const none: Outcome = Object.freeze({ ok: 0, failed: 0 });

/** What there is to say while nothing is set up. */
export const inactiveStatus: FileSyncStatus = Object.freeze<FileSyncStatus>({
  active: false,
  sending: false,
  elsewhere: null,
  paused: false,
  name: null,
  state: 'inactive',
  folders: [],
  statistics: {
    ...{ files: 0, bytes: 0, sequence: 0, bytesSent: 0, bytesReceived: 0, avoided: 0 },
    ...{ uploads: none, deletes: none, moves: none, received: none },
    ...{ conflicts: 0, problems: 0, holds: 0, latencyP50Ms: null, latencyP95Ms: null },
  },
  peers: [],
});

/** What there is to say while the index is damaged and no new one could be begun yet. */
export function rebuildingStatus(name: string, folders: readonly string[]): FileSyncStatus {
  return { ...inactiveStatus, name, folders, state: 'rebuilding' };
}

/** The short status from the monitor's full one. */
export function summarise(full: MonitorStatus, folders: readonly string[]): FileSyncStatus {
  return {
    active: true,
    sending: full.state.active,
    elsewhere: full.state.elsewhere,
    paused: full.state.paused,
    name: full.node,
    state: full.state.word,
    folders,
    statistics: statisticsOf(full),
    peers: full.peers.map((peer) => ({
      name: peer.name,
      url: peer.url,
      state: peer.state,
      message: peer.message,
      lagChanges: peer.lagChanges,
      lagSeconds: peer.lagSeconds,
      deferred: peer.deferredCount,
      lastContactMs: peer.lastContactMs,
    })),
  };
}

function statisticsOf(full: MonitorStatus): SyncStatistics {
  return {
    files: sum(full.folders.map((totals) => totals.files)),
    bytes: sum(full.folders.map((totals) => totals.bytes)),
    sequence: full.index.sequence,
    uploads: outcomeOf(full.operations.upload),
    deletes: outcomeOf(full.operations.delete),
    moves: outcomeOf(full.operations.move),
    received: outcomeOf(full.received),
    bytesSent: full.bytes.sent,
    bytesReceived: full.bytes.received,
    avoided: full.avoided.total,
    conflicts: full.conflicts.count,
    problems: full.problems.length,
    holds: full.holds.length,
    latencyP50Ms: full.latency.p50Ms,
    latencyP95Ms: full.latency.p95Ms,
  };
}

function outcomeOf({ ok, failed }: Outcome): Outcome {
  return { ok, failed };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
