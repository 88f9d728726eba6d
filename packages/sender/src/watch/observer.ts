import {
  createCoalescer,
  isSyncError,
  isSyncPath,
  keyOf,
  parsePath,
  steadyClock,
  type Clock,
  type Coalescer,
  type FileKey,
  type Hint,
  type Log,
  type ObserveReport,
  type Replica,
  type ScanReport,
} from '@lockstep/core';
import { createConfirmations, type Confirmations } from './confirmations.js';
import { eventsHeard } from './events-heard.js';
import { createJobs } from './jobs.js';
import type { ObserverCounters } from './observer-counters.js';
import { createSkipLog, type SkipLog } from './skips.js';
import { createStirs, type Stirs } from './stirs.js';

/** Paths of one observe call, so that delivery begins while later ones are still being hashed. */
const sliceSize = 250;

/** Passes over the disk at once: one hashes while the other writes its rows. */
const width = 2;

/** Hints whose observation failed come back after this long, in ms. */
const retryMs = 1_000;

/** Turns hints into index changes. */
export interface Observer {
  /** Something may have changed here: a path as the watcher spelled it. `isNameOnly`: see `WatchHandlers.onHint`. */
  hint(folder: string, path: string, isNameOnly?: boolean): void;
  /** Scans a folder; null when that failed (it is in the log) or the observer is closed. */
  scan(folder: string): Promise<ScanReport | null>;
  /** Resolves when everything hinted before was observed, deletions included. */
  drain(): Promise<void>;
  readonly counters: Readonly<ObserverCounters>;
  /** Paths that wait to be looked at. */
  readonly pending: number;
  close(): Promise<void>;
}

export interface ObserverOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  readonly log: Log;
  readonly deleteWaitMs: number;
  readonly maxDelayMs: number;
}

/** Drives the pure coalescer by timers, and the replica by what it gives. */
export function createObserver(options: ObserverOptions): Observer {
  return new HintObserver(options);
}

class HintObserver implements Observer {
  readonly #options: ObserverOptions;
  readonly #clock: Clock;
  readonly #coalescer: Coalescer;
  readonly #jobs = createJobs(width);
  readonly #deletions = createJobs(1);
  readonly #confirmations: Confirmations;
  /** Missing files whose second look waits for what was hinted before it. */
  readonly #confirming = new Set<Map<string, FileKey>>();
  readonly #skips: SkipLog;
  readonly #stirs: Stirs;
  readonly counters: ObserverCounters = { hints: 0, recorded: 0, skipped: 0, looked: 0 };
  readonly #retries = new Set<() => void>();
  #cancelTimer: () => void = () => undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    const { log, deleteWaitMs, maxDelayMs } = options;
    const clock = steadyClock(options.clock);
    this.#clock = clock;
    this.#coalescer = createCoalescer({ baseQuietMs: 15, maxQuietMs: 250, maxDelayMs, maxPending: 5_000 });
    this.#skips = createSkipLog(clock, log);
    this.#stirs = createStirs(deleteWaitMs);
    this.#confirmations = createConfirmations({
      clock,
      waitMs: deleteWaitMs,
      isAlone: (file) => this.#stirs.isAlone(file),
      confirm: (files) => this.#confirm(files),
    });
  }

  get pending(): number {
    return this.#coalescer.size + this.#confirmations.size;
  }

  hint(folder: string, path: string, isNameOnly = false): void {
    if (this.#closed) return;
    this.counters.hints += 1;
    const nowMs = this.#clock.now();
    this.#stirs.hint(folder, path, nowMs);
    if (isSyncPath(path)) this.#coalescer.hint({ folder, path }, nowMs, isNameOnly);
    else this.#skipName(folder, path);
    this.#arm();
  }

  scan(folder: string): Promise<ScanReport | null> {
    return new Promise((resolve) => {
      if (this.#closed) resolve(null);
      else this.#jobs.add(async () => resolve(await this.#scanNow(folder)));
    });
  }

  async drain(): Promise<void> {
    await eventsHeard();
    this.#take(Number.MAX_SAFE_INTEGER);
    await this.#jobs.settled();
    await this.#confirmations.taken();
    await this.#deletions.settled();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    this.#confirmations.close();
    for (const cancel of this.#retries) cancel();
    this.#jobs.clear();
    this.#deletions.clear();
    await this.#jobs.settled();
    await this.#deletions.settled();
  }

  #arm(): void {
    const dueMs = this.#coalescer.nextDueMs();
    if (this.#closed || dueMs === null || dueMs >= this.#timerDueMs) return;
    this.#cancelTimer();
    this.#timerDueMs = dueMs;
    this.#cancelTimer = this.#clock.after(Math.max(0, dueMs - this.#clock.now()), () => {
      this.#timerDueMs = Number.POSITIVE_INFINITY;
      this.#take(this.#clock.now());
      this.#arm();
    });
  }

  #take(untilMs: number): void {
    const { files, folders } = this.#coalescer.due(untilMs);
    const wanted = files.filter((file) => !this.#isIgnored(file));
    this.counters.looked += wanted.length;
    for (const file of wanted) this.#confirmations.withdraw(file);
    for (let at = 0; at < wanted.length; at += sliceSize) {
      const slice = wanted.slice(at, at + sliceSize);
      this.#observe(slice.map((file) => ({ ...file, confirmed: false, live: true })));
    }
    for (const folder of folders) void this.scan(folder);
  }

  #observe(hints: readonly Hint[]): void {
    this.#jobs.add(() => this.#observeNow(hints));
  }

  /**
   * After everything that waits now: of a moved folder the new files are recorded before the old ones are deleted. Those that were recorded
   * as deleted with their new names meanwhile need no second look.
   */
  #confirm(files: readonly FileKey[]): void {
    const before = this.#jobs.settled();
    const open = new Map(files.map((file) => [keyOf(file), file]));
    this.#confirming.add(open);
    this.#deletions.add(async () => {
      await before;
      this.#confirming.delete(open);
      const hints = [...open.values()].map((file) => ({ ...file, confirmed: true, live: true }));
      if (hints.length > 0) await this.#observeNow(hints);
    });
  }

  #isRecorded(file: FileKey): void {
    this.#confirmations.withdraw(file);
    for (const open of this.#confirming) open.delete(keyOf(file));
  }

  async #observeNow(hints: readonly Hint[]): Promise<void> {
    try {
      this.#settle(await this.#options.replica.observe(hints));
    } catch (error) {
      this.#failed('Could not observe changed files; they are looked at again.', error);
      this.#later(() => {
        for (const hint of hints) this.hint(hint.folder, hint.path);
      });
    }
  }

  async #scanNow(folder: string): Promise<ScanReport | null> {
    try {
      const report = await this.#options.replica.scan(folder);
      this.#settle(report);
      return report;
    } catch (error) {
      this.#failed(`Could not scan the folder ${folder}; it is scanned again.`, error);
      return null;
    }
  }

  #settle(report: ObserveReport): void {
    this.counters.recorded += report.recorded.length;
    if (this.#closed) return;
    for (const file of report.missing) this.#stirs.missing(file);
    for (const entry of report.recorded) if (entry.state === 'deleted') this.#isRecorded(entry);
    this.#confirmations.add(report.missing.map(({ folder, path }) => ({ folder, path })));
    const nowMs = this.#clock.now();
    for (const { folder, path } of report.changing) this.#coalescer.changing({ folder, path }, nowMs);
    this.#arm();
  }

  #isIgnored(file: FileKey): boolean {
    const why = this.#options.replica.whyIgnored(file);
    if (why === null) return false;
    this.counters.skipped += 1;
    this.#skips.skip(file, why);
    return true;
  }

  #skipName(folder: string, path: string): void {
    try {
      parsePath(path);
    } catch (error) {
      if (!isSyncError(error)) throw error;
      this.#options.log.debug(error.message, { folder, code: error.code });
      this.counters.skipped += 1;
    }
  }

  #failed(message: string, error: unknown): void {
    if (this.#closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.error(message, { reason, ...(isSyncError(error) && { code: error.code }) });
  }

  #later(task: () => void): void {
    const cancel = this.#clock.after(retryMs, () => {
      this.#retries.delete(cancel);
      task();
    });
    this.#retries.add(cancel);
  }
}
