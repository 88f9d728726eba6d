import type { FileKey, NodeId, ReplicaEventMap, ScanReport } from '@lockstep/core';
import { EventEmitter } from 'node:events';
import { createAntiEntropy, type AntiEntropy } from './anti-entropy/anti-entropy.js';
import { collectStatus } from './collect-status.js';
import { createLatencies, createOperationTotals } from './deliver/counters.js';
import { createLedger, type Ledger } from './deliver/ledger.js';
import { createGreeting, type Greeting } from './deliver/greeting.js';
import type { PeerContent } from './deliver/peer.js';
import type { PeerLoop } from './deliver/peer-loop.js';
import { createFetchContent, fetchAnywhere, restoreHold, type RestoredHold } from './fetch-content.js';
import { createFlusher, type Flusher, type FlushOptions, type FlushResult } from './flush.js';
import { createMaintenance, type Maintenance } from './maintenance.js';
import { createLoops } from './create-loops.js';
import { resolveOptions, type ResolvedSenderOptions, type SenderOptions } from './options.js';
import { createProblemBook, type ProblemBook } from './problem-book.js';
import type { SenderEventMap, SenderEvents } from './sender-events.js';
import type { SenderStatus } from './sender-status.js';
import { createChokidarWatcher } from './watch/chokidar-watcher.js';
import { createFolderWatch, type FolderWatch } from './watch/folder-watch.js';
import { createObserver, type Observer } from './watch/observer.js';
import { hasNewRules } from './watch/has-new-rules.js';
import { rootIdentity } from './watch/root-identity.js';
import { tellObserved } from './watch/tell-observed.js';

/** Watches the folders of one replica and delivers its changes to the peers. One per host: see `acquireProcessLock`. */
export interface Sender {
  readonly events: SenderEvents;
  /**
   * Resolves when changes are noticed and delivered from now on; the first scan goes on in the background. Rejects when a folder cannot be
   * looked at; a further call starts what did not.
   */
  start(): Promise<void>;
  status(): SenderStatus;
  /**
   * Resolves when everything that changed before the call is at the wanted number of peers. Rejects with TIMED_OUT (10 s by
   * default), which says who lags and why; the delivery goes on.
   */
  flush(options?: FlushOptions): Promise<FlushResult>;
  /** Stops delivering; changes are still observed, and go out after `resume`. */
  pause(): void;
  resume(): void;
  /** Compares a folder, or all, with the index now. */
  rescan(folder?: string): Promise<readonly ScanReport[]>;
  /** Tries lost peers and deferred files now, of one peer (by name) or all. */
  retryNow(peer?: string): void;
  /** A peer spoke to this server: if it was lost it is tried now. Costs next to nothing while it is not. */
  heard(peer: NodeId): void;
  /** Puts the missing files of a hold back from the bytes of the peers. Rejects with NOT_FOUND. */
  restoreHold(id: number): Promise<RestoredHold>;
  /** Opens a file that is missing here at a peer that has it; null when none has. The caller reads it or cancels. */
  fetch(file: FileKey): Promise<PeerContent | null>;
  /** Ends watching and delivering. Nothing is lost: what was not delivered goes out at the next start. */
  close(): Promise<void>;
}

/** Makes a sender; nothing is watched or sent before `start`. Throws OPTION_INVALID. */
export function createSender(options: SenderOptions): Sender {
  return new WatchingSender(resolveOptions(options));
}

class WatchingSender implements Sender {
  readonly events: SenderEvents = new EventEmitter<SenderEventMap>();
  readonly #options: ResolvedSenderOptions;
  readonly #latencies = createLatencies();
  readonly #totals = createOperationTotals();
  readonly #ledger: Ledger;
  readonly #observer: Observer;
  readonly #folders: readonly FolderWatch[];
  readonly #loops: readonly PeerLoop[];
  readonly #greeting: Greeting;
  readonly #flusher: Flusher;
  readonly #antiEntropy: AntiEntropy;
  readonly #problems: ProblemBook;
  readonly #maintenance: Maintenance;
  #state: 'new' | 'active' | 'closed' = 'new';
  #paused = false;

  constructor(options: ResolvedSenderOptions) {
    this.#options = options;
    const { replica, clock, log } = options;
    this.#ledger = createLedger(replica.index, clock, log);
    this.#observer = createObserver(options);
    this.#folders = replica.folders.map((folder) =>
      createFolderWatch({
        ...options,
        rootIdentity,
        folder,
        observer: this.#observer,
        createWatcher: () => createChokidarWatcher(clock),
      }),
    );
    this.#antiEntropy = createAntiEntropy({ index: replica.index, clock, log });
    this.#problems = createProblemBook(replica, this.#folders);
    this.#maintenance = createMaintenance(replica, clock, log);
    this.#loops = createLoops(options, {
      ledger: this.#ledger,
      latencies: this.#latencies,
      totals: this.#totals,
      isPaused: () => this.#paused,
      onChange: (loop, changed) => this.#tell(loop, changed),
      onHeartbeat: (loop, hello) => this.#antiEntropy.heard(loop, hello),
    });
    this.#greeting = createGreeting(this.#loops, clock);
    this.#flusher = createFlusher({
      ...{ replica, clock, loops: this.#loops },
      drain: async () => {
        await Promise.all(this.#folders.map((folder) => folder.drain()));
        await this.#observer.drain();
      },
    });
  }

  async start(): Promise<void> {
    if (this.#state === 'closed') return;
    if (this.#state === 'new') this.#begin();
    await Promise.all(this.#folders.map((folder) => folder.start()));
    this.#greeting.now();
  }

  #begin(): void {
    this.#state = 'active';
    const { events } = this.#options.replica;
    events.on('recorded', this.#recorded);
    events.on('problem', this.#troubled);
    events.on('held', this.#held);
    events.on('renewed', this.#renewed);
    this.#maintenance.start();
    this.#greeting.soon();
  }

  status(): SenderStatus {
    return collectStatus({
      replica: this.#options.replica,
      nowMs: this.#options.clock.now(),
      ...{ active: this.#state === 'active', paused: this.#paused },
      ...{ folders: this.#folders, observer: this.#observer, loops: this.#loops },
      ...{ latencies: this.#latencies, totals: this.#totals },
      problems: this.#problems.list(),
    });
  }

  flush(options: FlushOptions = {}): Promise<FlushResult> {
    return this.#flusher.flush(options);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const loop of this.#loops) loop.wake();
  }

  async rescan(folder?: string): Promise<readonly ScanReport[]> {
    const folders = this.#folders.filter((each) => folder === undefined || each.folder === folder);
    const reports = await Promise.all(folders.map((each) => each.rescan()));
    return reports.filter((report) => report !== null);
  }

  retryNow(peer?: string): void {
    for (const loop of this.#loops) if (peer === undefined || loop.name === peer) loop.retryNow();
  }

  heard(peer: NodeId): void {
    for (const loop of this.#loops) if (loop.name === peer) loop.heard();
  }

  restoreHold(id: number): Promise<RestoredHold> {
    return restoreHold(id, this.#options.replica, createFetchContent(this.#options.replica, this.#loops));
  }

  fetch(file: FileKey): Promise<PeerContent | null> {
    return fetchAnywhere(file, this.#options.replica, this.#loops);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const { events } = this.#options.replica;
    events.off('recorded', this.#recorded);
    events.off('problem', this.#troubled);
    events.off('held', this.#held);
    events.off('renewed', this.#renewed);
    this.#greeting.close();
    this.#flusher.close();
    this.#antiEntropy.close();
    this.#maintenance.close();
    this.#problems.close();
    await Promise.all(this.#folders.map((folder) => folder.close()));
    await this.#observer.close();
    for (const loop of this.#loops) loop.close();
    this.#ledger.close();
  }

  readonly #recorded = ({ entries, from, ...known }: ReplicaEventMap['recorded'][0]): void => {
    const hasDeletions = entries.some(({ state }) => state === 'deleted');
    for (const loop of this.#loops) {
      loop.delivery?.outbox.touched.add(known.touched ?? []);
      loop.delivery?.outbox.renamed.add(known.renamed ?? []);
      if (hasDeletions) loop.delivery?.outbox.deletions.add(this.#options.clock.now());
      loop.wake();
    }
    if (from !== null) this.heard(from);
    if (from === null) tellObserved(this.#options.log, entries);
    if (from === null) this.events.emit('observed', { entries });
    if (this.#loops.length === 0) this.#releaseContents();
    for (const folder of this.#folders) if (hasNewRules(entries, folder.folder)) void folder.renew();
  };

  /** Looks at the whole folder: what else is missing is held as well, and a swapped root is known from then on. */
  readonly #held = ({ folder, peer }: ReplicaEventMap['held'][0]): void => {
    if (peer === null) void this.rescan(folder);
  };

  /** A damaged index was replaced: nothing that was known of the peers, or of the folders, holds any more. */
  readonly #renewed = (): void => {
    this.#ledger.renew();
    this.#flusher.renew();
    for (const loop of this.#loops) loop.renew();
    void this.rescan();
  };

  readonly #troubled = (problem: ReplicaEventMap['problem'][0]): void => {
    this.events.emit('problem', problem);
  };

  #tell(loop: PeerLoop, changed: 'state' | 'progress'): void {
    this.#flusher.check();
    if (changed === 'state') {
      this.events.emit('peer', {
        name: loop.name,
        url: loop.url,
        state: loop.state,
        code: loop.problem?.code ?? null,
      });
    } else if (loop.delivery !== undefined) {
      this.events.emit('delivered', { peer: loop.delivery.outbox.peer, cursor: loop.delivery.outbox.cursor });
      this.#releaseContents();
    }
  }

  /** A peer that is away keeps them in memory, within the bounds of the cache: it may be back at any moment. */
  #releaseContents(): void {
    const hasAll = (loop: PeerLoop): boolean =>
      loop.state === 'self' || loop.delivery?.outbox.isEmpty === true;
    if (this.#loops.every(hasAll)) this.#options.replica.releaseContents();
  }
}
