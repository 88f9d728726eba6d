import {
  createReplicaEvents,
  keyOf,
  packChunks,
  sha256,
  type ChunkList,
  type Entry,
  type LiveEntry,
  type NodeId,
  type Replica,
} from '@lockstep/core';
import {
  createFakeClock,
  createMemoryIndex,
  createSeededRandom,
  fileKey,
  liveEntry,
  tombstone,
  type FakeClock,
  type MemoryIndex,
} from '@lockstep/core/testing';
import type { DeliveryReport } from '../deliver/delivery-report.js';
import { createLedger } from '../deliver/ledger.js';
import { PeerLoop, type PeerLoopOptions } from '../deliver/peer-loop.js';
import { createFakePeer, type FakePeer } from './fake-peer.js';

/** What the loop told people, one line each. */
export type Told = string[];

/** One peer loop over an index in memory, a fake clock and a fake peer. */
export interface LoopBench {
  readonly clock: FakeClock;
  readonly index: MemoryIndex;
  readonly peer: FakePeer;
  readonly loop: PeerLoop;
  readonly told: Told;
  /** Records a file as if it was observed here, or learned from a peer. */
  readonly put: (path: string, content: string, options?: PutOptions) => LiveEntry;
  readonly remove: (path: string) => void;
  /** The file's content is another one by the time it is read. */
  readonly change: (path: string) => void;
  /** Moves time on, and lets what it set off settle. */
  readonly pass: (ms: number) => Promise<void>;
  /** The cursor as the index knows it. */
  readonly cursor: () => number;
  readonly close: () => void;
}

export interface PutOptions {
  /** Default: `static`. */
  readonly folder?: string;
  readonly from?: NodeId;
  /** Without waking the loop. */
  readonly quietly?: boolean;
}

export interface LoopBenchOptions {
  readonly peer?: FakePeer;
  readonly index?: MemoryIndex;
  readonly overrides?: Partial<PeerLoopOptions>;
}

const folders = ['instance', 'templates', 'static'];

/** A loop that has not started yet. */
export function createLoopBench(options: LoopBenchOptions = {}): LoopBench {
  const clock = createFakeClock();
  const random = createSeededRandom('loop');
  const index = options.index ?? createMemoryIndex({ node: 'alpha', random, clock });
  const contents = new Map<string, string>();
  const peer = options.peer ?? createFakePeer();
  const told: Told = [];
  const replica = fakeReplica(index, contents);
  const ledger = createLedger(index, clock, { debug: ignore, info: ignore, warn: ignore, error: ignore });
  const loop = new PeerLoop({
    replica,
    peer,
    configuredName: null,
    clock,
    random,
    ledger,
    report: reportTo(told),
    limits: { offered: 250, files: 250, bytes: 4 * 1024 * 1024, smallBytes: 1_000, peers: 1 },
    flights: 4,
    isPaused: () => false,
    claim: () => true,
    onChange: ignore,
    onHeartbeat: ignore,
    ...options.overrides,
  });
  const record = (entry: Entry, from: NodeId | null): void => {
    index.put({ entry, stamp: null, learnedFrom: from, recordedMs: clock.now() });
  };
  return {
    clock,
    index,
    peer,
    loop,
    told,
    put(path, content, { folder = 'static', from, quietly = false } = {}) {
      const fields = { ...fileKey(folder, path), modifiedMs: clock.now(), modifiedBy: from ?? 'alpha' };
      const entry = liveEntry(content, fields);
      contents.set(keyOf(entry), content);
      record(entry, from ?? null);
      if (!quietly) loop.wake();
      return entry;
    },
    remove(path) {
      record(tombstone({ ...fileKey('static', path), modifiedMs: clock.now() }), null);
      loop.wake();
    },
    change: (path) => void contents.set(keyOf(fileKey('static', path)), 'something else by now'),
    pass: (ms) => passTime(clock, ms),
    cursor: () => index.peers.get(peer.identity.node)?.cursor ?? -1,
    close() {
      loop.close();
      ledger.close();
    },
  };
}

const ignore = (): void => undefined;

/** In steps, since an answer that arrives sets the next timers. */
async function passTime(clock: FakeClock, ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  await settle();
  while (clock.now() < untilMs) {
    const nextMs = Math.min(untilMs, clock.nextDueMs ?? untilMs);
    await clock.advanceAsync(Math.max(0, nextMs - clock.now()));
    await settle();
  }
}

/** As many turns as the longest chain of promises of one request takes. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Only what a loop asks of a replica. */
function fakeReplica(index: MemoryIndex, contents: ReadonlyMap<string, string>): Replica {
  const bytesOf = (entry: LiveEntry): Uint8Array => Buffer.from(contents.get(keyOf(entry)) ?? '');
  const part: Partial<Replica> = {
    node: 'alpha',
    folders,
    index,
    events: createReplicaEvents(),
    readSmall: (entries) =>
      Promise.resolve(entries.map((entry) => (bytesOf(entry).length === entry.size ? bytesOf(entry) : null))),
    openContent: (entry) => {
      const bytes = bytesOf(entry);
      return Promise.resolve({
        size: bytes.length,
        read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
        close: () => Promise.resolve({ changed: bytes.length !== entry.size }),
      });
    },
    chunksOf: (entry) => Promise.resolve(chunksOf(bytesOf(entry))),
    learnChunks: () => Promise.resolve(),
  };
  return part as Replica;
}

/** Chunks of 20,000 bytes. */
function chunksOf(bytes: Uint8Array): ChunkList {
  const count = Math.ceil(bytes.length / 20_000);
  return packChunks(
    Array.from({ length: count }, (_, at) => {
      const chunk = bytes.subarray(at * 20_000, (at + 1) * 20_000);
      return { digest: sha256(chunk).slice(0, 12), size: chunk.length };
    }),
  );
}

function reportTo(told: Told): DeliveryReport {
  return {
    uploading: (peer, entry) => void told.push(`uploading ${entry.path} to ${peer}`),
    settled: (peer, settled) => {
      for (const { piece, verdict } of settled)
        told.push(`${verdict.applied ?? ''} ${piece.entry.path} at ${peer}`);
    },
    failed: (peer, piece, code) => void told.push(`failed ${piece.entry.path} at ${peer}: ${code}`),
    peerUp: (peer) => void told.push(`up ${peer}`),
    peerDown: (peer, _url, code) => void told.push(`down ${peer}: ${code}`),
  };
}
