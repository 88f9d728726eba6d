import type {
  ChunkList,
  Entry,
  FileKey,
  Hello,
  LiveEntry,
  ManifestAnswer,
  NodeId,
  ParsedIndexPage,
  Tombstone,
} from '@lockstep/core';
import type { CompressionReason } from './compression.js';

/** Bytes that go out with a live entry: whole, or read in parts. */
export type UploadBody =
  | { readonly kind: 'bytes'; readonly contents: readonly Uint8Array[] }
  /**
   * `read` gives the file in order; it throws CHANGED_MEANWHILE when what was read is not one version. Used again when a request is. A part
   * stays as it is until the fourth after it is asked for: whoever passes parts on holds back their source meanwhile.
   */
  | { readonly kind: 'stream'; readonly read: () => AsyncIterable<Uint8Array> };

export interface Upload {
  readonly entries: readonly LiveEntry[];
  readonly body: UploadBody;
  /** Set for one large entry of which only some chunks go out: `body` has these. */
  readonly parts?: UploadParts;
}

/** The chunks of a content, and the ascending indices of those that are sent. */
export interface UploadParts {
  readonly chunks: ChunkList;
  readonly sent: readonly number[];
}

/** A file of a peer, being read. The caller owes reading it to the end or `cancel`. */
export interface PeerContent {
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  cancel(): void;
}

/** The way to a peer. */
export interface LinkStatus {
  /** As measured; null while too little has been sent. */
  readonly bytesPerSecond: number | null;
  readonly roundTripMs: number | null;
  /** The configured limit. */
  readonly maxBytesPerSecond: number | false;
  /** Whether text goes out compressed now, and why, or why not. */
  readonly compression: { readonly active: boolean; readonly reason: CompressionReason };
  /** Bytes of requests that have gone, manifests and contents, as they travelled. */
  readonly bodyBytes: number;
  /** Bytes that did not have to go, thanks to compression. */
  readonly savedBytes: number;
}

export interface PeerLink {
  /** The most that one request of small files should carry now, and half of what all of them should that are under way; Infinity when the link is known. */
  readonly firstBytes: number;
  status(): LinkStatus;
}

/**
 * The other server as this one sees it. Every method rejects with a SyncError: PEER_UNREACHABLE, PEER_TIMEOUT, PEER_NONSENSE, or the
 * code that the peer answered (with details `{retryAfterMs}` when it said when to come back).
 */
export interface Peer {
  readonly url: string;
  /** Absent where there is no network. */
  readonly link?: PeerLink;
  /** Asks who it is. Learns the name under which the other requests are signed. */
  hello(): Promise<Hello>;
  /** Announces entries; answers in order. `chunks` are those of the only entry, to learn which of them to send. */
  offer(entries: readonly Entry[], chunks?: ChunkList): Promise<ManifestAnswer>;
  /** Announces deletions; answers in order. */
  remove(entries: readonly Tombstone[]): Promise<ManifestAnswer>;
  /** Sends entries with their bytes; answers in order. */
  upload(upload: Upload): Promise<ManifestAnswer>;
  /** Entries of the peer's index with a sequence above `since`. */
  indexPage(since: number, limit: number): Promise<ParsedIndexPage>;
  /** A file's bytes. Rejects with NOT_FOUND. */
  content(file: FileKey): Promise<PeerContent>;
  close(): void;
}

/** Makes the peer at this URL. */
export type CreatePeer = (peer: { readonly url: string; readonly name: NodeId | null }) => Peer;
