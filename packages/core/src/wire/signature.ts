import { SyncError } from '../model/error.js';
import { parseDigest } from '../model/parse-digest.js';
import type { Digest } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { Random } from '../ports/random.js';
import { hmac, matchingSecret } from './hmac.js';
import { isNodeId } from './node-id.js';
import { headers as names, routes } from './protocol.js';
import type { Secrets } from './secrets.js';

/** How far the clocks of two servers may differ, in ms. */
export const maxSkewMs = 5 * 60_000;

/** The `to` of a `GET /hello` to a peer whose name is not known yet. */
export const anyNode = '*';

export interface RequestToSign {
  readonly secrets: Secrets;
  readonly method: string;
  /** The route below the mount point with its query string: `/index?since=3`. */
  readonly route: string;
  /** Who sends. */
  readonly node: NodeId;
  /** The receiver's node id; `anyNode` for `GET /hello` only. */
  readonly to: NodeId;
  /** SHA-256 of the JSON body or of the manifest part; `emptyDigest` when there is neither. */
  readonly digest: Digest;
  readonly nowMs: number;
  readonly random: Pick<Random, 'id'>;
}

/** The headers that prove who sends this request; see `headers` for what is signed. The nonce is in `x-lockstep-nonce`. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const time = String(Math.trunc(request.nowMs));
  const nonce = request.random.id();
  const { node, to, digest } = request;
  const lines = linesOf({ method: request.method, route: request.route, node, to, time, nonce, digest });
  return {
    [names.node]: node,
    [names.to]: to,
    [names.time]: time,
    [names.nonce]: nonce,
    [names.digest]: digest,
    [names.signature]: `v1=${hmac(request.secrets[0], lines)}`,
  };
}

export interface RequestToVerify {
  readonly secrets: Secrets;
  readonly method: string;
  /** The route below the mount point with its query string, exactly as it was received. */
  readonly route: string;
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** This server. */
  readonly self: NodeId;
  readonly nowMs: number;
}

export interface VerifiedRequest {
  readonly node: NodeId;
  readonly nonce: string;
  /** When it was signed, by the sender's clock. */
  readonly timeMs: number;
  /** What the body (or its manifest part) must hash to: the caller owes this comparison. */
  readonly digest: Digest;
  /** The secret that verified: it signs the answer. */
  readonly secret: string;
}

/**
 * Proves who sent a request, before any of its body is read. Whether it came once before only the nonce cache can say.
 * Throws AUTH_REQUIRED (a header is missing or misshapen), SIGNATURE_INVALID (another secret, something was altered, or it was
 * addressed to another server), SIGNATURE_EXPIRED with details `{timeMs, nowMs}`.
 */
export function verifyRequest(request: RequestToVerify): VerifiedRequest {
  const signed = readHeaders(request.headers);
  const { signature, ...fields } = signed;
  const lines = linesOf({ method: request.method, route: request.route, ...fields });
  const secret = matchingSecret(request.secrets, lines, signature);
  const { node, to, nonce, digest } = fields;
  if (secret === null) {
    throw new SyncError(
      'SIGNATURE_INVALID',
      `Refused a request that claims to be from "${node}": its signature does not match. Give both servers the same LOCKSTEP_SECRET.`,
      { details: { node } },
    );
  }
  const forAnyNode = to === anyNode && request.method === 'GET' && request.route === routes.hello;
  if (to !== request.self && !forAnyNode) {
    throw new SyncError(
      'SIGNATURE_INVALID',
      `Refused a request from "${node}" to "${to}": this server is "${request.self}". Mend the name of this peer in LOCKSTEP_PEERS.`,
      { details: { node, to, self: request.self } },
    );
  }
  const timeMs = Number(fields.time);
  if (Math.abs(request.nowMs - timeMs) > maxSkewMs) {
    throw new SyncError(
      'SIGNATURE_EXPIRED',
      `Refused a request from "${node}" signed at ${showTime(timeMs)}: it is ${showTime(request.nowMs)} here. Set both clocks (NTP).`,
      { details: { node, timeMs, nowMs: request.nowMs } },
    );
  }
  return { node, nonce, timeMs, digest: parseDigest(digest), secret };
}

interface SignedFields {
  readonly method: string;
  readonly route: string;
  readonly node: string;
  readonly to: string;
  readonly time: string;
  readonly nonce: string;
  readonly digest: string;
}

function linesOf({ method, route, node, to, time, nonce, digest }: SignedFields): string[] {
  return ['LOCKSTEP-REQUEST-V1', method, route, node, to, time, nonce, digest];
}

type HeaderFields = Omit<SignedFields, 'method' | 'route'> & { readonly signature: string };

/** The digits are bounded so that every time is a safe integer that a `Date` can show. */
const shapes: Readonly<Record<Exclude<keyof HeaderFields, 'node' | 'to'>, RegExp>> = {
  time: /^\d{1,15}$/u,
  nonce: /^[A-Za-z0-9_-]{16,64}$/u,
  digest: /^[0-9a-f]{64}$/u,
  signature: /^v1=[0-9a-f]{64}$/u,
};

function readHeaders(headers: RequestToVerify['headers']): HeaderFields {
  const read = (field: keyof HeaderFields, isWellShaped: (value: string) => boolean): string => {
    const name = names[field];
    const value = headers[name];
    if (typeof value === 'string' && isWellShaped(value)) return value;
    const problem = value === undefined ? 'is missing' : 'is malformed';
    throw new SyncError(
      'AUTH_REQUIRED',
      `Refused an unsigned request: the header ${name} ${problem}. Sign the request with the shared secret (LOCKSTEP_SECRET).`,
      { details: { header: name } },
    );
  };
  const shaped = (field: keyof typeof shapes): string => read(field, (value) => shapes[field].test(value));
  const signature = shaped('signature');
  return {
    node: read('node', isNodeId),
    to: read('to', (value) => value === anyNode || isNodeId(value)),
    time: shaped('time'),
    nonce: shaped('nonce'),
    digest: shaped('digest'),
    signature: signature.slice('v1='.length),
  };
}

function showTime(ms: number): string {
  return new Date(ms).toISOString();
}
