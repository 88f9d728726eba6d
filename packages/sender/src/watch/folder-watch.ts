import {
  createIgnore,
  isSyncError,
  untilBeat,
  type Clock,
  type Ignore,
  type IgnoreSpec,
  type Log,
  type Random,
  type Replica,
  type ScanReport,
} from '@lockstep/core';
import { eventsHeard } from './events-heard.js';
import type { Observer } from './observer.js';
import { createProbe, type Probe } from './probe.js';
import type { RootIdentity } from './root-identity.js';
import { createScanSchedule, type ScanSchedule, type ScanSummary, type ScanTimes } from './scan-schedule.js';
import type { CreateWatcher, Watcher, WatchTrouble } from './watcher.js';

/** How often the root is looked at, in ms. chokidar is deaf after its root was deleted and made anew. */
const superviseMs = 1_000;

/** How long the probe listens, in ms. */
const probeMs = 2_000;

export type WatchMode = 'events' | 'polling' | 'missing';

export interface FolderWatchStatus {
  readonly folder: string;
  readonly mode: WatchMode;
  /** Why events are not used; null while they are. */
  readonly reason: string | null;
  readonly scan: ScanTimes;
}

/** Watches one folder for as long as it lives, whatever happens to its root. */
export interface FolderWatch {
  readonly folder: string;
  /** Resolves when changes are noticed from now on; the first scan goes on. Once started, a further call does nothing. */
  start(): Promise<void>;
  /** Watches anew (the rules changed), then scans. */
  renew(): Promise<void>;
  rescan(): Promise<ScanReport | null>;
  /** Hints, or scans for, what changed before the call and was not heard of: `Observer.drain` waits for it. */
  drain(): Promise<void>;
  readonly status: FolderWatchStatus;
  readonly lastScan: ScanSummary | null;
  close(): Promise<void>;
}

export interface FolderWatchOptions {
  readonly folder: string;
  readonly replica: Replica;
  readonly observer: Observer;
  readonly createWatcher: CreateWatcher;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly rootIdentity: RootIdentity;
  readonly usePolling: boolean;
  readonly scanIntervalMs: number;
}

export function createFolderWatch(options: FolderWatchOptions): FolderWatch {
  return new SupervisedFolder(options);
}

class SupervisedFolder implements FolderWatch {
  readonly folder: string;
  readonly #options: FolderWatchOptions;
  readonly #scans: ScanSchedule;
  readonly #probe: Probe;
  #watcher: Watcher | undefined;
  #armed: Promise<void> = Promise.resolve();
  #identity: string | null = null;
  #mode: WatchMode = 'missing';
  #reason: string | null = null;
  #cancelTick: () => void = () => undefined;
  #rules: { readonly spec: IgnoreSpec; readonly ignore: Ignore } | undefined;
  #started = false;
  #closed = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.folder = options.folder;
    const { clock, scanIntervalMs, observer, folder } = options;
    this.#probe = createProbe(clock, options.random);
    this.#scans = createScanSchedule({ clock, maxRestMs: scanIntervalMs, scan: () => observer.scan(folder) });
  }

  get status(): FolderWatchStatus {
    return { folder: this.folder, mode: this.#mode, reason: this.#reason, scan: this.#scans.times };
  }

  get lastScan(): ScanSummary | null {
    return this.#scans.last;
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#identity = await this.#look();
    this.#started = true;
    await this.#arm();
    void this.#scans.now();
    this.#tick();
  }

  async renew(): Promise<void> {
    await this.#arm();
    await this.#scans.now();
  }

  rescan(): Promise<ScanReport | null> {
    return this.#scans.now();
  }

  async drain(): Promise<void> {
    await this.#armed;
    await eventsHeard();
    const unarmed = this.#mode === 'events' ? (this.#watcher?.unarmed() ?? []) : [''];
    if (unarmed.includes('')) await this.#scans.now();
    else for (const path of unarmed) this.#options.observer.hint(this.folder, path);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTick();
    this.#scans.close();
    await this.#watcher?.close();
    this.#watcher = undefined;
  }

  #tick(): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    this.#cancelTick = clock.after(untilBeat(clock.now(), superviseMs), () => {
      void this.#supervise().then(() => this.#tick());
    });
  }

  async #supervise(): Promise<void> {
    try {
      const identity = await this.#look();
      if (identity === this.#identity || this.#closed) return;
      this.#identity = identity;
      await this.renew();
    } catch (error) {
      if (!this.#closed) this.#warn('Could not look at the root of a folder.', messageOf(error));
    }
  }

  #look(): Promise<string | null> {
    return this.#options.rootIdentity(this.#options.replica.rootOf(this.folder));
  }

  #arm(): Promise<void> {
    this.#armed = this.#armNow();
    return this.#armed;
  }

  async #armNow(): Promise<void> {
    await this.#watcher?.close();
    this.#watcher = undefined;
    const isPresent =
      this.#identity !== null && (await this.#options.replica.rootIdentity(this.folder)) !== null;
    if (this.#closed) return;
    if (!isPresent) return this.#enter('missing', 'The folder is missing.');
    if (this.#options.usePolling) return this.#enter('polling', 'Polling was asked for.');
    const watcher = this.#options.createWatcher();
    this.#watcher = watcher;
    this.#enter('events', null);
    try {
      const root = this.#options.replica.rootOf(this.folder);
      await watcher.start(root, this.#handlers(watcher));
      void this.#prove(watcher, root);
    } catch (error) {
      if (this.#watcher === watcher) this.#enter('polling', messageOf(error));
    }
  }

  #handlers(watcher: Watcher): Parameters<Watcher['start']>[1] {
    const { observer } = this.#options;
    const isCurrent = (): boolean => this.#watcher === watcher && !this.#closed;
    return {
      onHint: (path, isNameOnly) => {
        if (!isCurrent() || this.#probe.hear(path)) return;
        observer.hint(this.folder, path, isNameOnly);
        if (this.#wasUnreadable(path)) void this.#scans.now();
      },
      onDoubt: () => {
        if (isCurrent()) void this.#scans.now();
      },
      onTrouble: (trouble: WatchTrouble) => {
        if (isCurrent()) this.#enter('polling', trouble.message);
      },
      skipsDirectory: (path) => this.#ignore().skipsDirectory(this.folder, path),
    };
  }

  /** A directory that could not be listed may be readable now: only a scan of the folder takes back what it said. */
  #wasUnreadable(path: string): boolean {
    return this.#scans.last?.unreadable.some((directory) => directory.path === path) === true;
  }

  async #prove(watcher: Watcher, root: string): Promise<void> {
    const result = await this.#probe.run(root, probeMs);
    if (result !== 'silent' || this.#watcher !== watcher || this.#closed) return;
    this.#watcher = undefined;
    this.#enter('polling', 'The file system reports no changes.');
    await watcher.close();
  }

  #enter(mode: WatchMode, reason: string | null): void {
    const changed = mode !== this.#mode;
    this.#mode = mode;
    this.#reason = reason;
    this.#scans.setPolling(mode === 'polling');
    if (!changed) return;
    if (mode === 'polling' && !this.#options.usePolling) {
      this.#warn('Changes are found by listing the folder, later than by events.', reason);
    }
    if (mode === 'missing')
      this.#warn('A folder is missing; its deletions are held until it is back.', reason);
  }

  #warn(message: string, reason: string | null): void {
    this.#options.log.warn(message, { folder: this.folder, reason });
  }

  #ignore(): Ignore {
    const spec = this.#options.replica.ignoreSpec();
    if (this.#rules?.spec !== spec) this.#rules = { spec, ignore: createIgnore(spec) };
    return this.#rules.ignore;
  }
}

function messageOf(error: unknown): string {
  if (isSyncError(error) || error instanceof Error) return error.message;
  return String(error);
}
