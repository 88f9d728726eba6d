import { SyncError } from '../model/error.js';
import type { NodeId } from '../model/version-vector.js';
import { isNodeId } from './node-id.js';
import { showText } from '../model/show-text.js';

/** Shared secrets, checked by `parseSecrets`: the first signs, all verify, so that a secret can be rotated without a pause. */
export type Secrets = readonly [string, ...string[]];

/** Shortest secret, in characters: below it a recorded request could be guessed at offline. */
export const minSecretLength = 32;

/**
 * Reads the secret list of `LOCKSTEP_SECRET` (comma separated) or of an option. Throws OPTION_INVALID, which says which one is
 * wrong and why, and never quotes it.
 */
export function parseSecrets(text: string | readonly string[]): Secrets {
  const secrets = (typeof text === 'string' ? [text] : text).flatMap((each) =>
    String(each)
      .split(',')
      .map((secret) => secret.trim()),
  );
  secrets.forEach((secret, index) => {
    if (secret.length >= minSecretLength) return;
    const which = secrets.length === 1 ? 'the secret' : `secret ${index + 1} of ${secrets.length}`;
    const problem = secret === '' ? 'it is empty' : `it has ${secret.length} characters`;
    throw new SyncError(
      'OPTION_INVALID',
      `Refused ${which}: ${problem}, ${minSecretLength} or more are needed. Generate one with "openssl rand -hex 32".`,
      { details: { option: 'secret', position: index + 1, length: secret.length } },
    );
  });
  const [first, ...others] = secrets;
  if (first === undefined) {
    throw new SyncError(
      'OPTION_INVALID',
      'Refused an empty list of secrets: give at least one (LOCKSTEP_SECRET).',
      {
        details: { option: 'secret' },
      },
    );
  }
  return [first, ...others];
}

/** Secrets that this server shares with one peer only, by the peer's name: nobody else can then claim that name here. */
export type PeerSecrets = ReadonlyMap<NodeId, Secrets>;

/** Reads a table of secrets by peer. Throws OPTION_INVALID, which names the peer and never quotes a secret. */
export function parsePeerSecrets(table: Readonly<Record<NodeId, string | readonly string[]>>): PeerSecrets {
  return new Map(Object.entries(table).map(([node, text]) => [checkPeerName(node), secretsOf(node, text)]));
}

function checkPeerName(node: string): NodeId {
  if (isNodeId(node)) return node;
  throw new SyncError(
    'OPTION_INVALID',
    `Refused a secret for the peer "${showText(node)}": that is no name of a server.`,
    { details: { option: 'peerSecrets' } },
  );
}

function secretsOf(node: NodeId, text: string | readonly string[]): Secrets {
  try {
    return parseSecrets(text);
  } catch (cause) {
    const why = cause instanceof SyncError ? cause.message : 'it is malformed';
    throw new SyncError('OPTION_INVALID', `The secret for the peer "${node}": ${why}`, {
      details: { option: 'peerSecrets', peer: node },
      cause,
    });
  }
}
