import type { Agent } from 'node:https';
import type { Log, NodeId } from '@lockstep/core';
import type { LogLevel } from '@lockstep/core/node';
import type { ReceiverLimits, RightsTable } from '@lockstep/receiver';

/** A peer by address; without a name it is learned from the peer's hello. */
export interface PeerAddress {
  readonly name?: NodeId;
  readonly url: string;
}

/** Options of `setupRealTimeFileSync`. Those with a variable override it; `undefined` leaves the variable in force. */
export interface LockstepOptions {
  /** This server's name, unlike every other's: 1–64 of `A–Z a–z 0–9 . _ -`. LOCKSTEP_NAME, else the host name. */
  readonly name?: string | undefined;
  /** The directory that holds the folders. LOCKSTEP_ROOT, else the working directory. */
  readonly root?: string | undefined;
  /** Index, archive, staging and generated secret. LOCKSTEP_STATE_DIR, else `<root>/.lockstep`. */
  readonly stateDir?: string | undefined;
  /** The other servers, as a list or as the text of LOCKSTEP_PEERS (`web-2=https://10.0.0.2/sync,https://10.0.0.3`). */
  readonly peers?: string | readonly PeerAddress[] | undefined;
  /** The shared secret, 32+ characters; several for a rotation: the first signs, all verify. LOCKSTEP_SECRET. */
  readonly secret?: string | readonly string[] | undefined;
  /**
   * Secrets shared with one peer each, by its name in `peers`: nobody else can then claim that name here. Also as the text of
   * LOCKSTEP_PEER_SECRETS (`web-2=…,web-3=…`; a name given twice has two secrets, the first signs).
   */
  readonly peerSecrets?: string | Readonly<Record<NodeId, string | readonly string[]>> | undefined;
  /** Bearer token for plain uploads by scripts; `false` turns them off. LOCKSTEP_UPLOAD_TOKEN, else off. */
  readonly uploadToken?: string | false | undefined;
  /** Password of the monitor page; `false`: loopback only. LOCKSTEP_MONITOR_PASSWORD. */
  readonly monitorPassword?: string | false | undefined;
  /** LOCKSTEP_LOG_LEVEL, else `info`. */
  readonly logLevel?: LogLevel | undefined;
  /** Names of the folders. LOCKSTEP_FOLDERS, else `instance`, `templates`, `static`. */
  readonly folders?: string | readonly string[] | undefined;
  /** Larger files stay where they are, in MiB. LOCKSTEP_MAX_FILE_MB, else 100. */
  readonly maxFileMb?: number | undefined;
  /**
   * Bytes per second to each peer, 16,384 or more; `false` for no limit. By the peer's name, `*` for those that are not named; also as
   * the text of LOCKSTEP_MAX_BYTES_PER_SECOND (`1000000`, or `web-2=250000,1000000`). Default: no limit.
   */
  readonly maxBytesPerSecond?: string | number | false | Readonly<Record<NodeId, number | false>> | undefined;
  /** Requests on their way to one peer, 1–64. LOCKSTEP_MAX_REQUESTS_PER_PEER, else 4. */
  readonly maxRequestsPerPeer?: number | undefined;
  /** Requests on their way to all peers together, one for each at least. LOCKSTEP_MAX_REQUESTS_IN_ALL, else 64. */
  readonly maxRequestsInAll?: number | undefined;

  /** Where the peers post, `/sync`. The same on every server. */
  readonly mountPath?: string | undefined;
  /** Where the monitor page is, `/sync-monitor`. */
  readonly monitorPath?: string | undefined;
  /** Further patterns to leave out, gitignore syntax. */
  readonly ignore?: readonly string[] | undefined;
  /** `fsync` (default): an answer survives a power cut. `os`: it survives a crash of the process, and is faster. */
  readonly durability?: 'fsync' | 'os' | undefined;
  /** Compress what goes out where that saves more time than it costs, `true`: on slow links, never in a fast network. */
  readonly compression?: boolean | undefined;
  /** Your own log instead of JSON lines on standard output; `false` for none. */
  readonly log?: Log | false | undefined;
  /** Stricter defaults; true when NODE_ENV is `production`. */
  readonly production?: boolean | undefined;
  /** What each peer may do; without it, everything. */
  readonly rights?: RightsTable | undefined;
  /** What one request, and one peer, may ask of this server. */
  readonly limits?: Partial<ReceiverLimits> | undefined;
  /** For mutual TLS towards the peers. */
  readonly httpsAgent?: Agent | undefined;
  /** The permission bits that an arriving file may have on this server, `0o777`; `0o755` takes write from group and others. */
  readonly modeMask?: number | undefined;
  /** Never rely on file events (network file systems): compare folders periodically. */
  readonly usePolling?: boolean | undefined;
  /**
   * Other processes of this host run the same app on the same folders. Default: true in a worker of `node:cluster` and under PM2.
   */
  readonly shared?: boolean | undefined;
}
