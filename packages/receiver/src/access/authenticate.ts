import {
  equalsInConstantTime,
  headers,
  SyncError,
  verifyRequest,
  type Secrets,
  type VerifiedRequest,
} from '@lockstep/core';
import type { Parts } from '../parts.js';

/** The part of a request that proves who sent it. */
export interface Credentials {
  readonly method: string;
  /** The route below the mount point with its query string. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Who sent a request: a peer that signed it, or a script with the upload token. */
export type Caller = ({ readonly by: 'signature' } & VerifiedRequest) | { readonly by: 'token' };

/** A peer that signed its request. */
export type Peer = Extract<Caller, { by: 'signature' }>;

/**
 * Looks at headers only: no byte of a body is read for a stranger. Throws AUTH_REQUIRED, SIGNATURE_INVALID, SIGNATURE_EXPIRED,
 * NONCE_REUSED.
 */
export function authenticate(parts: Parts, request: Credentials): Caller {
  const { uploadToken, replica, clock } = parts.options;
  const token = bearerToken(request.headers['authorization']);
  const isSigned = request.headers[headers.signature] !== undefined;
  if (token !== null && !isSigned && uploadToken !== false) {
    if (equalsInConstantTime(uploadToken, token)) return { by: 'token' };
    throw new SyncError(
      'AUTH_REQUIRED',
      'Refused an upload token: it is not the one this server was given (LOCKSTEP_UPLOAD_TOKEN).',
    );
  }
  const nowMs = clock.now();
  const secrets = secretsFor(parts, request.headers[headers.node]);
  const verified = verifyRequest({ secrets, self: replica.node, nowMs, ...request });
  parts.nonces.claim(verified, nowMs);
  parts.tally.contact(verified.node, nowMs);
  parts.options.onContact(verified.node);
  return { by: 'signature', ...verified };
}

/** The name is only claimed yet; whichever secrets it leads to, the signature must match under one of them. */
function secretsFor({ options }: Parts, claimed: Credentials['headers'][string]): Secrets {
  const own = typeof claimed === 'string' ? options.peerSecrets.get(claimed) : undefined;
  return own ?? options.secrets;
}

function bearerToken(header: Credentials['headers'][string]): string | null {
  const [, token] = /^Bearer +(\S+) *$/iu.exec(typeof header === 'string' ? header : '') ?? [];
  return token ?? null;
}
