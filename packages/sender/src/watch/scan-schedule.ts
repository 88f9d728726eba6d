import type { Clock, ScanReport } from '@lockstep/core';
import { probePrefix } from './probe.js';

/** Verification scans cost at most 1/1000 of one core, as long as that means no rest above the longest, */
const restFactor = 1_000;
/** are never nearer than this, in ms, unless somebody asks, */
const shortestRestMs = 60_000;
/** and while events do not arrive, when scans are all there is, 1/20 of one core, no nearer than this, in ms. */
const pollingFactor = 20;
const shortestPollMs = 1_000;

export interface ScanTimes {
  readonly lastMs: number | null;
  readonly nextMs: number | null;
  /** How long the last one took. */
  readonly tookMs: number | null;
}

/** What is kept of a scan: a report names every change. */
export interface ScanSummary {
  readonly folder: string;
  readonly files: number;
  readonly skippedCount: number;
  /** At most 1,000. */
  readonly skipped: ScanReport['skipped'];
  readonly unreadable: ScanReport['unreadable'];
}

const mostSkipped = 1_000;

/** Scans of one folder, one after the other. */
export interface ScanSchedule {
  /** Scans now, or joins the scan that will begin next. */
  now(): Promise<ScanReport | null>;
  /** Scans take over from events, or hand back to them. */
  setPolling(isPolling: boolean): void;
  readonly times: ScanTimes;
  readonly last: ScanSummary | null;
  close(): void;
}

export interface ScanScheduleOptions {
  readonly clock: Clock;
  /** The longest rest between two scans, in ms. */
  readonly maxRestMs: number;
  readonly scan: () => Promise<ScanReport | null>;
}

/** The next scan is set when one ends, so that a slow disk is never scanned twice at once. */
export function createScanSchedule(options: ScanScheduleOptions): ScanSchedule {
  return new RestingScans(options);
}

class RestingScans implements ScanSchedule {
  readonly #options: ScanScheduleOptions;
  last: ScanSummary | null = null;
  times: ScanTimes = { lastMs: null, nextMs: null, tookMs: null };
  #polling = false;
  #closed = false;
  #running: Promise<ScanReport | null> | undefined;
  #following: Promise<ScanReport | null> | undefined;
  #cancel: () => void = () => undefined;

  constructor(options: ScanScheduleOptions) {
    this.#options = options;
  }

  now(): Promise<ScanReport | null> {
    if (this.#closed) return Promise.resolve(null);
    if (this.#running === undefined) return this.#begin();
    this.#following ??= this.#follow(this.#running);
    return this.#following;
  }

  setPolling(isPolling: boolean): void {
    if (this.#polling === isPolling) return;
    this.#polling = isPolling;
    if (this.#running === undefined) this.#plan();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #begin(): Promise<ScanReport | null> {
    this.#cancel();
    this.#running = this.#scan();
    return this.#running;
  }

  async #scan(): Promise<ScanReport | null> {
    const { clock, scan } = this.#options;
    const startedMs = clock.now();
    const report = await scan();
    this.#running = undefined;
    this.times = { lastMs: clock.now(), nextMs: null, tookMs: clock.now() - startedMs };
    if (report !== null) this.last = summarise(report);
    this.#plan();
    return report;
  }

  async #follow(running: Promise<unknown>): Promise<ScanReport | null> {
    await running;
    this.#following = undefined;
    return this.#closed ? null : await this.#begin();
  }

  #plan(): void {
    this.#cancel();
    if (this.#closed) return;
    const waitMs = this.#restMs(this.times.tookMs ?? 0);
    this.times = { ...this.times, nextMs: this.#options.clock.now() + waitMs };
    this.#cancel = this.#options.clock.after(waitMs, () => void this.#begin());
  }

  #restMs(tookMs: number): number {
    if (this.#polling) return Math.max(shortestPollMs, tookMs * pollingFactor);
    return Math.min(this.#options.maxRestMs, Math.max(shortestRestMs, tookMs * restFactor));
  }
}

function summarise({ folder, files, skipped: all, unreadable }: ScanReport): ScanSummary {
  const skipped = all.filter(({ path }) => !path.startsWith(probePrefix));
  return { folder, files, skippedCount: skipped.length, skipped: skipped.slice(0, mostSkipped), unreadable };
}
