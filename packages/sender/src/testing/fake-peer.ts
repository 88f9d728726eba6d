import {
  keyOf,
  protocolVersion,
  type Entry,
  type Hello,
  type ManifestAnswer,
  type SyncError,
  type Tombstone,
  type WireVerdict,
} from '@lockstep/core';
import type { Peer, PeerContent, Upload } from '../deliver/peer.js';

/** A request as the fake peer got it. */
export interface FakeRequest {
  readonly kind: 'hello' | 'offer' | 'remove' | 'upload' | 'stream';
  readonly paths: readonly string[];
}

/** A peer in memory that a test leads by the hand. */
export interface FakePeer extends Peer {
  readonly requests: FakeRequest[];
  /** Requests without the hellos. */
  deliveries(): FakeRequest[];
  /** What it has: contents by key, null when deleted. */
  readonly files: Map<string, string | null>;
  identity: { node: string; indexId: string; liveDigest: string; lastSequence?: number; fresh?: boolean };
  entries: Entry[];
  /** While set, every request fails with it; `hello` only when `alsoHello`. */
  failure: { readonly error: SyncError; readonly alsoHello: boolean } | null;
  /** A verdict instead of the usual one. */
  verdict: (entry: Entry) => WireVerdict | undefined;
  /** While closed, requests are taken and not answered. */
  gate: { close(): void; open(): void };
  /** Requests that were not answered yet. */
  readonly waiting: number;
}

export function createFakePeer(node = 'bravo'): FakePeer {
  return new LedPeer(node);
}

class LedPeer implements FakePeer {
  readonly url: string;
  readonly requests: FakeRequest[] = [];
  readonly files = new Map<string, string | null>();
  identity: FakePeer['identity'];
  entries: Entry[] = [];
  failure: FakePeer['failure'] = null;
  waiting = 0;
  #open: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(node: string) {
    this.url = `http://${node}.example/sync`;
    this.identity = { node, indexId: `index-of-${node}`, liveDigest: '0'.repeat(32) };
  }

  verdict: FakePeer['verdict'] = () => undefined;

  readonly gate = {
    close: () => void (this.#open = new Promise((resolve) => (this.#release = resolve))),
    open: () => this.#release(),
  };

  deliveries(): FakeRequest[] {
    return this.requests.filter(({ kind }) => kind !== 'hello');
  }

  async hello(): Promise<Hello> {
    this.requests.push({ kind: 'hello', paths: [] });
    if (this.failure?.alsoHello === true) throw this.failure.error;
    const nothing = { release: '0', lastSequence: 0, folders: [], maxFileBytes: 1e8, nowMs: 0 };
    return await Promise.resolve({ protocol: protocolVersion, ...nothing, ...this.identity });
  }

  offer(entries: readonly Entry[]): Promise<ManifestAnswer> {
    return this.#answer(
      'offer',
      entries,
      entries.map(() => null),
    );
  }

  remove(entries: readonly Tombstone[]): Promise<ManifestAnswer> {
    return this.#answer(
      'remove',
      entries,
      entries.map(() => null),
    );
  }

  async upload({ entries, body }: Upload): Promise<ManifestAnswer> {
    if (body.kind === 'bytes') {
      return await this.#answer(
        'upload',
        entries,
        body.contents.map((bytes) => Buffer.from(bytes).toString()),
      );
    }
    const parts: Uint8Array[] = [];
    for await (const part of body.read()) parts.push(part);
    return await this.#answer('stream', entries, [Buffer.concat(parts).toString()]);
  }

  indexPage(): ReturnType<Peer['indexPage']> {
    return Promise.resolve({
      indexId: this.identity.indexId,
      entries: this.entries,
      refused: [],
      next: null,
    });
  }

  content(): Promise<PeerContent> {
    return Promise.reject(new Error('This peer gives no files.'));
  }

  close(): void {
    this.gate.open();
  }

  async #answer(
    kind: FakeRequest['kind'],
    entries: readonly Entry[],
    contents: readonly (string | null)[],
  ): Promise<ManifestAnswer> {
    this.requests.push({ kind, paths: entries.map(({ path }) => path) });
    this.waiting += 1;
    await this.#open;
    this.waiting -= 1;
    if (this.failure !== null) throw this.failure.error;
    const { node, indexId } = this.identity;
    const results = entries.map(
      (entry, at) => this.verdict(entry) ?? this.#take(entry, contents[at] ?? null),
    );
    return { protocol: protocolVersion, node, indexId, results };
  }

  #take(entry: Entry, content: string | null): WireVerdict {
    if (entry.state === 'deleted') {
      this.files.set(keyOf(entry), null);
      return { status: 'settled', applied: 'deleted' };
    }
    const known = this.#contentOf(entry.digest);
    if (content === null && known === undefined) return { status: 'want' };
    this.files.set(keyOf(entry), content ?? known ?? '');
    this.#digests.set(entry.digest, content ?? known ?? '');
    return { status: 'settled', applied: content === null ? 'copied' : 'written' };
  }

  readonly #digests = new Map<string, string>();

  #contentOf(digest: string): string | undefined {
    return this.#digests.get(digest);
  }
}
