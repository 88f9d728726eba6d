import {
  parsePeerSecrets,
  parseSecrets,
  showText,
  silentLog,
  SyncError,
  type Clock,
  type Log,
  type NodeId,
  type PeerSecrets,
  type Random,
  type Replica,
  type Secrets,
} from '@lockstep/core';
import { systemClock, systemRandom } from '@lockstep/core/node';
import type { Agent } from 'node:https';
import { didYouMean } from './did-you-mean.js';
import { parsePeers, type PeerAddress, type PeersOption } from './parse-peers.js';

export interface SenderOptions {
  readonly replica: Replica;
  /** 32+ characters; of a list the first signs, all verify. */
  readonly secret: string | readonly string[];
  /** Secrets shared with one peer each, by the name that `peers` gives it; they stand in for `secret` on the way to it. */
  readonly peerSecrets?: Readonly<Record<NodeId, string | readonly string[]>>;
  readonly peers: PeersOption;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Release of Lockstep, for the logs of what lies between the servers. */
  readonly release?: string;
  /** For mutual TLS, or a private certificate authority. The caller closes it. */
  readonly httpsAgent?: Agent;
  /** Where the peers mount their receivers, for a peer given as a bare origin. */
  readonly mountPath?: string;
  /** No change waits longer than this to be looked at, however busy its file is. */
  readonly maxDelayMs?: number;
  /** How long a missing file is waited for before it counts as deleted. */
  readonly deleteWaitMs?: number;
  /** The longest rest between two verification scans. */
  readonly scanIntervalMs?: number;
  /** Lists the folders instead of listening for events. */
  readonly usePolling?: boolean;
  /** Longest silence of a peer. */
  readonly requestTimeoutMs?: number;
  /** Requests on their way to one peer. */
  readonly flights?: number;
  /** Requests on their way to all peers together; at least one for each. */
  readonly flightsInAll?: number;
  /** Files of one request. */
  readonly batchFiles?: number;
  /** Bytes of one request with several files. */
  readonly batchBytes?: number;
  /** Files up to this size go out unasked. */
  readonly smallBytes?: number;
  /** Bytes per second to each peer, in bodies of requests; false: no limit. By the peer's name, `*` for those that are not named. */
  readonly maxBytesPerSecond?: RateOption;
  /** Compress bodies where that pays. */
  readonly compression?: boolean;
}

export type RateOption = number | false | Readonly<Record<NodeId, number | false>>;

export interface ResolvedSenderOptions extends Required<
  Omit<SenderOptions, 'secret' | 'peerSecrets' | 'peers' | 'httpsAgent' | 'mountPath' | 'maxBytesPerSecond'>
> {
  /** The rate of a peer; of one whose name is not configured, by null, that of all others. */
  readonly rateOf: (name: NodeId | null) => number | false;
  readonly secrets: Secrets;
  readonly peerSecrets: PeerSecrets;
  readonly peers: readonly PeerAddress[];
  readonly httpsAgent: Agent | undefined;
  readonly mountPath: string;
}

/** The numbers, with the least and the most that makes sense. */
const numbers = {
  maxDelayMs: { standard: 500, least: 15, most: 60_000 },
  deleteWaitMs: { standard: 300, least: 0, most: 60_000 },
  scanIntervalMs: { standard: 300_000, least: 1_000, most: 86_400_000 },
  requestTimeoutMs: { standard: 30_000, least: 100, most: 3_600_000 },
  flights: { standard: 4, least: 1, most: 64 },
  flightsInAll: { standard: 64, least: 1, most: 4096 },
  batchFiles: { standard: 250, least: 1, most: 1_000 },
  batchBytes: { standard: 4 * 1024 * 1024, least: 1, most: 256 * 1024 * 1024 },
  smallBytes: { standard: 256 * 1024, least: 0, most: 256 * 1024 },
} as const;

/** Less would let the peer give up on a body whose bytes come too slowly, while four share the rate. */
export const leastBytesPerSecond = 16 * 1024;

type NumberName = keyof typeof numbers;

const otherNames = [
  'replica',
  'secret',
  'peerSecrets',
  'peers',
  'log',
  'clock',
  'random',
  'httpsAgent',
  'mountPath',
  'release',
  'usePolling',
  'maxBytesPerSecond',
  'compression',
] as const satisfies readonly (keyof SenderOptions)[];

const knownNames: readonly string[] = [...otherNames, ...Object.keys(numbers)];

/** Checks the options and fills in the defaults; the caller's object stays as it is. Throws OPTION_INVALID. */
export function resolveOptions(options: SenderOptions): ResolvedSenderOptions {
  refuseUnknown(options);
  const mountPath = checkMountPath(options.mountPath ?? '/sync');
  const number = (name: NumberName): number => checkNumber(name, options[name]);
  const peers = parsePeers(options.peers, mountPath);
  const flightsInAll = number('flightsInAll');
  if (options.flightsInAll !== undefined && flightsInAll < peers.length) {
    const message = `Refused the option flightsInAll = ${flightsInAll}: give ${peers.length} or more, one for each peer.`;
    throw invalid('flightsInAll', message);
  }
  return Object.freeze({
    replica: options.replica,
    secrets: parseSecrets(options.secret),
    peerSecrets: parsePeerSecrets(options.peerSecrets ?? {}),
    peers,
    log: options.log ?? silentLog,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    httpsAgent: options.httpsAgent,
    mountPath,
    release: options.release ?? '0',
    usePolling: options.usePolling ?? false,
    rateOf: parseRates(options.maxBytesPerSecond ?? false),
    compression: options.compression ?? true,
    maxDelayMs: number('maxDelayMs'),
    deleteWaitMs: number('deleteWaitMs'),
    scanIntervalMs: number('scanIntervalMs'),
    requestTimeoutMs: number('requestTimeoutMs'),
    flights: number('flights'),
    flightsInAll: Math.max(flightsInAll, peers.length),
    batchFiles: number('batchFiles'),
    batchBytes: number('batchBytes'),
    smallBytes: number('smallBytes'),
  });
}

function refuseUnknown(options: SenderOptions): void {
  for (const name of Object.keys(options)) {
    if (knownNames.includes(name)) continue;
    const meant = didYouMean(name, knownNames);
    const hint = meant === null ? `Use one of: ${knownNames.join(', ')}.` : `Did you mean "${meant}"?`;
    throw invalid(name, `Refused the unknown option "${showText(name)}" of the sender. ${hint}`);
  }
}

function checkNumber(name: NumberName, value: number | undefined): number {
  const { standard, least, most } = numbers[name];
  if (value === undefined) return standard;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(
    name,
    `Refused the option ${name} = ${String(value)}: give a whole number from ${least} to ${most}.`,
  );
}

function parseRates(given: RateOption): ResolvedSenderOptions['rateOf'] {
  if (typeof given !== 'object') {
    const rate = checkRate('maxBytesPerSecond', given);
    return () => rate;
  }
  const rates = new Map(
    Object.entries(given).map(([name, rate]) => [
      name,
      checkRate(`maxBytesPerSecond.${showText(name)}`, rate),
    ]),
  );
  const others = rates.get('*') ?? false;
  return (name) => (name === null ? others : (rates.get(name) ?? others));
}

function checkRate(option: string, value: number | false): number | false {
  if (value === false || (Number.isInteger(value) && value >= leastBytesPerSecond)) return value;
  const message = `Refused the option ${option} = ${String(value)}: give ${leastBytesPerSecond} or more bytes, or false for no limit.`;
  throw invalid('maxBytesPerSecond', message);
}

function checkMountPath(value: string): string {
  if (/^\/[^?#\s]*$/u.test(value)) return value;
  throw invalid(
    'mountPath',
    `Refused the option mountPath = "${showText(value)}": give a path like "/sync".`,
  );
}

function invalid(option: string, message: string): SyncError {
  return new SyncError('OPTION_INVALID', message, { details: { option: showText(option) } });
}
