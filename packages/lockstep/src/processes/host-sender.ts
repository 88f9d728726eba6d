import {
  isSyncError,
  parseHostFlushed,
  parseHostRestored,
  parseHostScanned,
  sleep,
  SyncError,
  type Clock,
  type FileKey,
  type HostCall,
  type HostReceived,
  type Log,
  type NodeId,
  type ScanReport,
} from '@lockstep/core';
import type {
  FlushOptions,
  FlushResult,
  PeerContent,
  RestoredHold,
  Sender,
  SenderEvents,
} from '@lockstep/sender';
import type { DutyClient } from './duty-client.js';
import { HostDuty, type HostDutyOptions } from './host-duty.js';
import { ConnectionLost } from './receive-content.js';
import type { HostSenderStatus } from './sender-figures.js';

/** When nobody sends, since the one that did has ended, a caller waits so long for the next; in ms. */
const takeoverMs = 10_000;
/** Pausing and resuming are written down: telling who sends is waited for only so long. */
const heedMs = 1_000;
/** What the sending process may take longer than it was given, before this one stops waiting; in ms. */
const graceMs = 1_000;
const standardFlushMs = 10_000;
/** Who sends and loses the connection again and again is no use to a caller. */
const mostLosses = 10;
const againMs = 50;

/** The sender of a host, the same in each of its processes: what only the one that sends can do is done there. */
export interface HostSender extends Sender {
  status(): HostSenderStatus;
  /** The same as `pause` and `resume`. Resolves when who sends has heard of it; who takes over later will. */
  setPaused(paused: boolean): Promise<void>;
  /** The same as `retryNow`; rejects with NOT_READY when no process of the host sends. */
  retry(peer?: string): Promise<void>;
  /** What all processes of the host received. */
  received(): HostReceived;
}

/** Makes it; `start` is the duty of the one process that watches and sends. Owe it a `close`, also without a start. */
export function createHostSender(options: HostDutyOptions): HostSender {
  return new SenderOfHost(options);
}

class SenderOfHost implements HostSender {
  readonly #duty: HostDuty;
  readonly #local: Sender;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(options: HostDutyOptions) {
    this.#local = options.sender;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#duty = new HostDuty(options);
  }

  get events(): SenderEvents {
    return this.#duty.events;
  }

  start(): Promise<void> {
    return this.#duty.takeOver();
  }

  status(): HostSenderStatus {
    return this.#duty.status();
  }

  received(): HostReceived {
    return this.#duty.received();
  }

  async flush(options: FlushOptions = {}): Promise<FlushResult> {
    const { timeoutMs = standardFlushMs } = options;
    // Refused as everywhere.
    if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) return this.#local.flush(options);
    const startedMs = this.#clock.now();
    const leftMs = (): number => timeoutMs - (this.#clock.now() - startedMs);
    const flushing = this.#anywhere(
      () => this.#local.flush({ ...options, timeoutMs: Math.max(1, leftMs()) }),
      async (client) =>
        parseHostFlushed(await client.call({ do: 'flush', ...options, timeoutMs: Math.max(1, leftMs()) })),
      { waitMs: timeoutMs },
    );
    const { peers } = await this.#within(flushing, timeoutMs);
    return { peers, ms: this.#clock.now() - startedMs };
  }

  pause(): void {
    this.#tryTo('pause', this.setPaused(true));
  }

  resume(): void {
    this.#tryTo('resume', this.setPaused(false));
  }

  async setPaused(paused: boolean): Promise<void> {
    this.#duty.setPaused(paused);
    const call: HostCall = { do: 'heedPause' };
    const client = this.#duty.client;
    if (client === null || client.connection === 0) return;
    const heard = client.call(call).catch(() => undefined);
    await Promise.race([heard, sleep(this.#clock, heedMs)]);
  }

  rescan(folder?: string): Promise<readonly ScanReport[]> {
    return this.#anywhere(
      () => this.#local.rescan(folder),
      async (client) =>
        parseHostScanned(await client.call({ do: 'rescan', ...(folder !== undefined && { folder }) })),
    );
  }

  retry(peer?: string): Promise<void> {
    return this.#anywhere(
      () => Promise.resolve(this.#local.retryNow(peer)),
      async (client) => void (await client.call({ do: 'retryNow', ...(peer !== undefined && { peer }) })),
    );
  }

  retryNow(peer?: string): void {
    this.#tryTo('try again', this.retry(peer));
  }

  /** Who sends finds out by itself, half a second later at most, when another process was spoken to. */
  heard(peer: NodeId): void {
    this.#local.heard(peer);
  }

  restoreHold(id: number): Promise<RestoredHold> {
    return this.#anywhere(
      () => this.#local.restoreHold(id),
      async (client) => parseHostRestored(await client.call({ do: 'restoreHold', hold: id })),
    );
  }

  fetch(file: FileKey): Promise<PeerContent | null> {
    return this.#anywhere(
      () => this.#local.fetch(file),
      (client) => client.fetch(file),
    );
  }

  async close(): Promise<void> {
    this.#duty.end();
    await this.#local.close();
    await this.#duty.close();
  }

  /** For what has no answer: a failure is logged. */
  #tryTo(what: string, asked: Promise<void>): void {
    asked.catch((error: unknown) => {
      this.#log.warn('Could not ask the process that sends for something', { what, error });
    });
  }

  /** Does it here or there, whoever sends by then. Rejects with NOT_READY when nobody does for too long, with CLOSED once closed. */
  async #anywhere<T>(
    here: () => Promise<T>,
    there: (client: DutyClient) => Promise<T>,
    { waitMs = takeoverMs }: { waitMs?: number } = {},
  ): Promise<T> {
    const patienceMs = Math.min(waitMs, takeoverMs);
    let sinceMs = this.#clock.now();
    for (let losses = 0; losses < mostLosses;) {
      if (this.#duty.isClosed) throw closed();
      const { client } = this.#duty;
      if (client === null) return here();
      const leftMs = patienceMs - (this.#clock.now() - sinceMs);
      if (leftMs <= 0) break;
      if (!(await client.connected(leftMs))) continue;
      try {
        return await there(client);
      } catch (error) {
        const isLost = error instanceof ConnectionLost;
        // It has ended, or is about to: another will take over, maybe this process.
        if (!isLost && !isSyncError(error, 'CLOSED')) throw error;
        if (isLost) [losses, sinceMs] = [losses + 1, this.#clock.now()];
        await sleep(this.#clock, againMs);
      }
    }
    throw nobodySends(patienceMs);
  }

  /** A process that stopped without ending answers nothing: its caller waits no longer than it said. */
  #within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeoutMs + graceMs, () => {
        reject(
          new SyncError(
            'TIMED_OUT',
            `Waited ${timeoutMs} ms for the process of this host that sends; it does not answer.`,
            {
              details: { timeoutMs },
            },
          ),
        );
      });
      work.finally(cancel).then(resolve, reject);
    });
  }
}

function nobodySends(waitedMs: number): SyncError {
  return new SyncError(
    'NOT_READY',
    `No process of this host watches and sends now, and none took over within ${waitedMs} ms. Try again soon; if it stays so, look in the log why.`,
    { details: { waitedMs } },
  );
}

function closed(): SyncError {
  return new SyncError('CLOSED', 'This process is shutting down. Ask another, or try again later.');
}
