import {
  backoffMs,
  steadyClock,
  type Clock,
  type FileKey,
  type Hello,
  type PeerRow,
  type Random,
  type SyncError,
} from '@lockstep/core';
import { deferralOf } from './deferral.js';
import type { FlightBudget } from './flight-budget.js';
import { createFlights, type Flights } from './flights.js';
import { judgeFailure, retryAfterOf, toSyncError } from './judge-failure.js';
import { createChunkLearning } from './learn-chunks.js';
import type { Ledger } from './ledger.js';
import { openOutbox } from './open-outbox.js';
import type { Outbox } from './outbox.js';
import { planBatch, type Batch, type DeliveryLimits } from './plan-batch.js';
import { sendBatch, type SendContext } from './send-batch.js';
import { sortVerdicts, type Refusal, type SortedVerdicts } from './sort-verdicts.js';

export interface DeliveryOptions extends Omit<SendContext, 'learning'> {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly row: PeerRow;
  /** What the peer said as it was met. */
  readonly greeting?: Hello;
  readonly limits: DeliveryLimits;
  /** How many requests may be on their way now; 0 while none may. */
  readonly width: () => number;
  /** Shared with the other peers; absent: they have nothing to do with it. */
  readonly budget?: FlightBudget;
  /** The peer answered a delivery. */
  readonly onAnswer: (indexId: string | null) => void;
  /** The peer could not be reached, or can take nothing. */
  readonly onFailure: (error: SyncError) => void;
  /** Nothing is left to send. */
  readonly onIdle: () => void;
}

/** Delivers the outbox of one peer, as long as the peer's index lives. Woken by `pump`; sleeps when nothing is ready. */
export interface Delivery {
  readonly outbox: Outbox;
  readonly flights: Flights;
  /** Sends what is ready. Cheap when nothing is. */
  pump(): void;
  offerAgain(files: readonly FileKey[]): void;
  close(): void;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  return new OutboxDelivery(options);
}

/** No further batch is planned in a turn of the event loop that has planned so many files: each costs some lookups in the index. */
const plannedPerTurn = 100;

class OutboxDelivery implements Delivery {
  readonly outbox: Outbox;
  readonly flights = createFlights();
  readonly #options: DeliveryOptions;
  readonly #steady: Clock;
  /** Share of the full batch size, halved when a batch is at fault. */
  #share = 1;
  /** By the steady clock. */
  #busyUntilMs = 0;
  readonly #context: SendContext;
  #cancelTimer: () => void = () => undefined;
  #soon = false;
  #closed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#steady = steadyClock(options.clock);
    this.#context = { ...options, learning: createChunkLearning(options.replica, this.#isIdle) };
    this.outbox = openOutbox(options, {
      wake: () => this.#pumpSoon(),
      onKnown: () => this.#saveCursor(),
      isClosed: () => this.#closed,
    });
  }

  pump(): void {
    if (this.#closed || this.#options.width() === 0) return;
    try {
      this.#pumpNow();
    } catch (error) {
      // The index failed. Timers and events call this: nobody above would hear of it.
      this.#options.onFailure(toSyncError(error));
    }
  }

  offerAgain(files: readonly FileKey[]): void {
    for (const file of files) this.outbox.again(file);
    this.pump();
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  #pumpNow(): void {
    const busyMs = this.#busyUntilMs - this.#steady.now();
    if (busyMs <= 0) this.#launchReady();
    this.#cancelTimer();
    const waitMs = busyMs > 0 ? busyMs : this.outbox.readyInMs();
    if (waitMs !== null) {
      this.#cancelTimer = this.#options.clock.after(Math.max(1, waitMs), () => this.pump());
    }
    if (!this.#isIdle()) return;
    this.#options.onIdle();
    this.#context.learning.goOn();
  }

  readonly #isIdle = (): boolean => !this.#closed && this.flights.size === 0 && this.outbox.isEmpty;

  #launchReady(): void {
    const hasMore = this.outbox.fill();
    const { budget } = this.#options;
    let planned = 0;
    while (this.flights.size < this.#options.width()) {
      if (planned >= plannedPerTurn) return this.#pumpSoon();
      if (budget?.mayStart(this.flights.size, this.#hasRoom) === false) return;
      const batch = this.#plan();
      if (batch === null) break;
      planned += batch.pieces.length;
      budget?.started(this.flights.size);
      this.flights.add(batch);
      void this.#fly(batch);
    }
    if (hasMore && this.flights.size < this.#options.width()) this.#pumpSoon();
  }

  #plan(): Batch | null {
    const { replica, clock, limits, peer } = this.#options;
    const first = peer.link?.firstBytes ?? Infinity;
    const context = { outbox: this.outbox, index: replica.index, inFlight: this.flights, nowMs: clock.now() };
    return planBatch(context, {
      offered: Math.ceil(limits.offered * this.#share),
      files: Math.ceil(limits.files * this.#share),
      bytes: Math.min(limits.bytes, first),
      bytesAtOnce: 2 * first,
      streams: this.#options.width() - 1,
    });
  }

  readonly #hasRoom = (): void => this.#pumpSoon();

  #pumpSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    setImmediate(() => {
      this.#soon = false;
      this.pump();
    });
  }

  async #fly(batch: Batch): Promise<void> {
    try {
      const sent = await sendBatch(batch, this.#context);
      if (this.#closed) return;
      this.#settle(sortVerdicts(sent), sent.withBytes);
      if (sent.indexId !== null) {
        this.#share = Math.min(1, this.#share * 2);
        this.#options.onAnswer(sent.indexId);
      }
    } catch (error) {
      if (!this.#closed) this.#failed(batch, toSyncError(error));
    } finally {
      this.flights.remove(batch);
      this.#options.budget?.ended(this.flights.size);
      this.#pumpSoon();
    }
  }

  #settle({ settled, wanted, refused: all }: SortedVerdicts, withBytes: boolean): void {
    const refused = all.filter((refusal) => !this.#isNoMatter(refusal));
    const { name, ledger, report, replica, clock, random } = this.#options;
    const { index } = replica;
    const isDeferred = index.deferred.count(name) > 0;
    if (refused.length > 0 || (isDeferred && settled.length > 0)) {
      ledger.commit(() => {
        if (isDeferred) for (const { piece } of settled) index.deferred.remove(name, piece.item);
        for (const refusal of refused) index.deferred.save(deferralOf(refusal, name, clock.now(), random));
      });
    }
    for (const { piece } of settled) this.outbox.settle(piece.item);
    for (const { piece, code, message } of refused) {
      this.outbox.settle(piece.item);
      report.failed(name, piece, code, message);
    }
    const { smallBytes } = this.#options.limits;
    for (const item of wanted) {
      item.isLarge = item.size > smallBytes;
      this.outbox.backlog.add(item, item.isLarge ? 'large' : 'want');
    }
    report.settled(name, settled, withBytes);
    this.#saveCursor();
  }

  /** The file is another one by now, and a newer row of it follows. */
  #isNoMatter({ piece, code }: Refusal): boolean {
    if (code !== 'CHANGED_MEANWHILE' || !this.outbox.isOutdated(piece.item)) return false;
    this.outbox.settle(piece.item);
    return true;
  }

  #saveCursor(): void {
    const { ledger, row, clock } = this.#options;
    ledger.cursor(row.name, () => ({ ...row, cursor: this.outbox.cursor, lastContactMs: clock.now() }));
  }

  #failed(batch: Batch, error: SyncError): void {
    const failures = Math.max(...batch.pieces.map(({ item }) => (item.failures += 1)));
    const kind = judgeFailure(error, failures);
    const isSingle = batch.pieces.length === 1;
    if (isSingle && (kind === 'changed' || kind === 'batch')) {
      const { code, message } = error;
      const refused = batch.pieces.map((piece): Refusal => ({ piece, code, message }));
      return this.#settleOrFail(batch, { settled: [], wanted: [], refused });
    }
    this.#putBack(batch);
    if (kind === 'batch') this.#share = this.#share / 2;
    else if (kind === 'busy') this.#wait(error);
    else this.#options.onFailure(error);
  }

  #putBack({ pieces, way }: Batch): void {
    const items = pieces.map(({ item }) => item);
    this.outbox.backlog.putBack(items, way);
  }

  #settleOrFail(batch: Batch, verdicts: SortedVerdicts): void {
    try {
      this.#settle(verdicts, false);
    } catch (error) {
      // The deferral could not be written: the cursor may not pass over it.
      this.#putBack(batch);
      this.#options.onFailure(toSyncError(error));
    }
  }

  #wait(error: SyncError): void {
    const { random } = this.#options;
    this.#busyUntilMs = this.#steady.now() + backoffMs(1, random, undefined, retryAfterOf(error));
  }
}
