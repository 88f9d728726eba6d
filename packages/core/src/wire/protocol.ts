import type { ChunkList } from '../model/chunk-list.js';
import type { ErrorCode } from '../model/error-catalogue.js';
import type { NodeId } from '../model/version-vector.js';

/** Version of the wire. Another one is refused with PROTOCOL_UNSUPPORTED. */
export const protocolVersion = 1;

/** Routes below the mount point (`/sync` by default). */
export const routes = {
  hello: '/hello',
  offer: '/offer',
  upload: '/upload',
  delete: '/delete',
  index: '/index',
  content: '/content',
  status: '/status',
  health: '/health',
} as const;

/** Names of the multipart parts of an upload between peers. */
export const uploadParts = { manifest: 'manifest', contents: 'contents' } as const;

/** How the body of a signed request may be packed (`content-encoding`). The hello says which ones its server unpacks. */
export const bodyEncodings = ['gzip'] as const;
export type BodyEncoding = (typeof bodyEncodings)[number];

/** Header of a packed body: how many bytes it has unpacked. Not signed; a body that turns out to have another length is refused. */
export const plainLengthHeader = 'x-lockstep-plain-length';

/** Most entries in one offer, upload, delete or index page. */
export const maxEntriesPerRequest = 1000;

/** An entry as it travels. `base_folder` is the folder's public name. Unknown fields are refused. */
export interface WireEntry {
  readonly base_folder: string;
  readonly path: string;
  readonly state: 'live' | 'deleted';
  /** Pairs of node id and counter, sorted by node id. */
  readonly version: readonly (readonly [NodeId, number])[];
  readonly modifiedMs: number;
  readonly modifiedBy: NodeId;
  /** Live only: SHA-256 hex, bytes, permission bits, ms. */
  readonly digest?: string;
  readonly size?: number;
  readonly mode?: number;
  readonly mtimeMs?: number;
  /** Deleted only. */
  readonly keptParents?: number;
  readonly released?: boolean;
  /** Live only, for a large file of which the peer has parts: the whole as chunks, packed (see `ChunkList`). */
  readonly chunks?: ChunkList;
  /** Upload only, with `chunks`: the ascending indices of those that are in the contents part. The peer has the others. */
  readonly sent?: readonly number[];
}

/**
 * Body of `POST /offer` and `DELETE /delete` (JSON), and the `manifest` part of `POST /upload`. In an upload the part `contents`
 * follows: the bytes of all live entries one after the other, in the order and with the sizes of the manifest. `contents` is sent with
 * some `filename` (which means nothing): without one it would be a text field; `manifest` without.
 */
export interface Manifest {
  readonly protocol: number;
  /** Who sends; equals the signing node. */
  readonly node: NodeId;
  /** The sender's index. */
  readonly indexId: string;
  readonly entries: readonly WireEntry[];
}

/** What became of one entry, in the order of the manifest. */
export interface WireVerdict {
  readonly status: 'settled' | 'want' | 'held' | 'refused';
  readonly applied?: string;
  readonly code?: ErrorCode;
  readonly message?: string;
  /** With `want`, for an offered entry without `chunks`: parts of it may be here. Offer it with them. */
  readonly parts?: boolean;
  /** With `want`, for an offered entry with `chunks`: the ascending indices of those that are missing here. Absent: send the whole. */
  readonly chunks?: readonly number[];
}

/** Answer to offer, upload and delete. */
export interface ManifestAnswer {
  readonly protocol: number;
  readonly node: NodeId;
  readonly indexId: string;
  readonly results: readonly WireVerdict[];
  /** Upload only: how long the receiver was at work on it without waiting for its bytes, in ms. The rest of the time is the link's. */
  readonly busyMs?: number;
}

/** Answer of `GET /hello`. */
export interface Hello {
  readonly protocol: number;
  /** Release of Lockstep, as in package.json. */
  readonly release: string;
  readonly node: NodeId;
  readonly indexId: string;
  readonly lastSequence: number;
  readonly liveDigest: string;
  readonly folders: readonly string[];
  readonly maxFileBytes: number;
  /** ms since the epoch by this server's clock, so that skew can be shown. */
  readonly nowMs: number;
  /** How bodies of requests may be packed. Absent in releases that take plain ones only; those not known here are passed over. */
  readonly encodings?: readonly BodyEncoding[];
  /** True while the first scan of a new index is not over: it does not have all of its files yet. Absent in releases that do not say. */
  readonly fresh?: boolean;
}

/** Answer of `GET /index?since=N&limit=M`: rows with a sequence above `since`, ascending. */
export interface IndexPage {
  readonly indexId: string;
  readonly entries: readonly WireEntry[];
  /** Ask again with this; null at the end. */
  readonly next: number | null;
}

/** Body of every failure. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Headers of a signed request. The signature is `v1=` and the hex HMAC-SHA256, under the first secret of the list, over these lines
 * joined by `\n`: `LOCKSTEP-REQUEST-V1`, METHOD, the route below the mount point with its query string (`/index?since=3`), node, to,
 * time, nonce, digest. `to` is the receiver's node id, or `*` for `GET /hello` of a peer whose name is not known yet.
 * `digest` is the SHA-256 hex of the JSON body or of the manifest part (of no bytes when there is neither).
 * The answer carries `x-lockstep-answer`: hex HMAC-SHA256 under the secret that verified, over `LOCKSTEP-ANSWER-V1`, status, nonce and
 * the SHA-256 hex of the body, joined by `\n`; so that nobody between can pretend that a change arrived.
 */
export const headers = {
  node: 'x-lockstep-node',
  to: 'x-lockstep-to',
  time: 'x-lockstep-time',
  nonce: 'x-lockstep-nonce',
  digest: 'x-lockstep-digest',
  signature: 'x-lockstep-signature',
  answer: 'x-lockstep-answer',
} as const;
