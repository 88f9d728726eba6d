import {
  parsePeerSecrets,
  parseSecrets,
  silentLog,
  type Clock,
  type Log,
  type NodeId,
  type PeerSecrets,
  type Replica,
  type Secrets,
} from '@lockstep/core';
import { systemClock } from '@lockstep/core/node';
import { parseRights, type Rights, type RightsTable } from './access/rights.js';
import { invalidOption, refuseUnknown } from './invalid-option.js';
import { resolveLimits, type ReceiverLimits } from './limits.js';
import { ownRelease } from './release.js';

/** How a receiver is made. */
export interface ReceiverOptions {
  readonly replica: Replica;
  /** The secret that all servers share, 32+ characters; several for a rotation: all verify. */
  readonly secret: string | readonly string[];
  /**
   * Secrets shared with one peer each, by its name: requests in that name are verified under these alone, so that no other holder of
   * `secret` can claim it. The peer's sender needs the same under this server's name.
   */
  readonly peerSecrets?: Readonly<Record<NodeId, string | readonly string[]>> | undefined;
  /** Bearer token of the plain forms for scripts, 16+ characters. Default: `false`, the forms are off. */
  readonly uploadToken?: string | false | undefined;
  /** What each peer may do. Default: every peer that knows the secret may do everything. */
  readonly rights?: RightsTable | undefined;
  readonly limits?: Partial<ReceiverLimits> | undefined;
  /** What `GET /health` says: false answers 503, so that a load balancer waits. Default: always ready. */
  readonly ready?: (() => boolean) | undefined;
  /** Is told of each request that a peer signed, by its name. Must not throw. */
  readonly onContact?: ((peer: NodeId) => void) | undefined;
  /** Release told to peers. Default: this package's. */
  readonly release?: string | undefined;
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
}

/** Options with every default filled in and every value parsed. */
export interface ResolvedOptions {
  readonly replica: Replica;
  readonly secrets: Secrets;
  readonly peerSecrets: PeerSecrets;
  readonly uploadToken: string | false;
  readonly rights: Rights;
  readonly limits: ReceiverLimits;
  readonly ready: () => boolean;
  readonly onContact: (peer: NodeId) => void;
  readonly release: string;
  readonly log: Log;
  readonly clock: Clock;
}

const known = [
  'replica',
  'secret',
  'peerSecrets',
  'uploadToken',
  'rights',
  'limits',
  'ready',
  'onContact',
  'release',
  'log',
  'clock',
];
const minTokenLength = 16;

/** Fills in defaults; the caller's object is untouched. Throws OPTION_INVALID. */
export function resolveOptions(options: ReceiverOptions): ResolvedOptions {
  refuseUnknown(options, known);
  const { replica, uploadToken = false } = options;
  if (typeof replica !== 'object' || replica === null) {
    throw invalidOption('replica', replica, 'Give it the replica that openReplica opened');
  }
  if (uploadToken !== false && !(typeof uploadToken === 'string' && uploadToken.length >= minTokenLength)) {
    throw invalidOption('uploadToken', '(hidden)', `Give ${minTokenLength} characters or more, or false`);
  }
  return Object.freeze({
    replica,
    secrets: parseSecrets(options.secret),
    peerSecrets: parsePeerSecrets(options.peerSecrets ?? {}),
    uploadToken,
    rights: parseRights(options.rights, replica.folders),
    limits: resolveLimits(options.limits ?? {}, replica.maxFileBytes),
    ready: options.ready ?? (() => true),
    onContact: options.onContact ?? (() => undefined),
    release: options.release ?? ownRelease,
    log: options.log ?? silentLog,
    clock: options.clock ?? systemClock,
  });
}
