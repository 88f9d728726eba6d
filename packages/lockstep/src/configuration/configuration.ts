import type { Agent } from 'node:https';
import type { Log, NodeId } from '@lockstep/core';
import type { LogLevel } from '@lockstep/core/node';
import type { ReceiverLimits, RightsTable } from '@lockstep/receiver';
import type { PeerAddress } from '../options.js';
import type { RateTable } from './parse-traffic.js';

/** Every setting, checked and complete. Frozen. */
export interface Configuration {
  readonly name: NodeId;
  /** Absolute. */
  readonly root: string;
  /** Absolute. */
  readonly stateDir: string;
  /** Without this server itself. */
  readonly peers: readonly PeerAddress[];
  /** Null: none was given, and one may be generated (never in production). */
  readonly secret: readonly string[] | null;
  /** By the peer's name; the first of each signs. */
  readonly peerSecrets: Readonly<Record<NodeId, readonly string[]>>;
  readonly uploadToken: string | false;
  readonly monitorPassword: string | false;
  readonly logLevel: LogLevel;
  readonly folders: readonly string[];
  readonly maxFileBytes: number;
  /** By the peer's name, `*` for those that are not named. */
  readonly maxBytesPerSecond: RateTable;
  readonly maxRequestsPerPeer: number;
  /** Null: as many as the sender thinks best. */
  readonly maxRequestsInAll: number | null;
  readonly compression: boolean;
  readonly mountPath: string;
  readonly monitorPath: string;
  readonly ignore: readonly string[];
  readonly durability: 'fsync' | 'os';
  /** Null: JSON lines on standard output. */
  readonly log: Log | false | null;
  readonly production: boolean;
  readonly rights: RightsTable | null;
  readonly limits: Partial<ReceiverLimits>;
  readonly httpsAgent: Agent | null;
  readonly usePolling: boolean;
  /** Other processes of this host open the same state directory. */
  readonly shared: boolean;
  readonly modeMask: number;
}

/** What the machine contributes, so that resolving stays pure. */
export interface Machine {
  readonly hostName: string;
  readonly workingDirectory: string;
  /** A worker of `node:cluster`. */
  readonly isClusterWorker?: boolean;
}
