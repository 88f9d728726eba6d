import type { SyncError } from '@lockstep/core';
import {
  showText,
  type Clock,
  type ErrorCode,
  type FileKey,
  type Hello,
  type NodeId,
  type PeerRow,
  type Random,
  type Replica,
} from '@lockstep/core';
import { createBreaker, type Breaker } from './breaker.js';
import { createPeerCounters, type PeerCounters } from './counters.js';
import { createDelivery, type Delivery, type DeliveryOptions } from './delivery.js';
import type { DeliveryReport } from './delivery-report.js';
import type { FlightBudget } from './flight-budget.js';
import { greet, sameServerTwice } from './greet.js';
import { retryAfterOf, toSyncError } from './judge-failure.js';
import type { Ledger } from './ledger.js';
import type { Peer } from './peer.js';

/** An idle peer is asked how it is this often, in ms: the page shows a lost one, and anti-entropy compares. */
const heartbeatMs = 15_000;

export type PeerState = 'connecting' | 'up' | 'unreachable' | 'self';

export interface PeerLoopOptions {
  readonly replica: Replica;
  readonly peer: Peer;
  /** As configured; null when the name is to come from the hello. */
  readonly configuredName: NodeId | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly report: DeliveryReport;
  readonly limits: DeliveryOptions['limits'];
  readonly flights: number;
  readonly budget?: FlightBudget;
  readonly isPaused: () => boolean;
  /** Gives true when no other address of the list answers under this name. */
  readonly claim: (name: NodeId) => boolean;
  /** The state changed, or the cursor moved. */
  readonly onChange: (changed: 'state' | 'progress') => void;
  /** An idle peer said how it is. */
  readonly onHeartbeat: (hello: Hello) => void;
}

/** Everything between this server and one address of the list, independent of all others. */
export class PeerLoop {
  readonly url: string;
  readonly counters: PeerCounters = createPeerCounters();
  readonly #options: PeerLoopOptions;
  readonly #breaker: Breaker;
  #state: PeerState = 'connecting';
  #problem: { readonly code: ErrorCode; readonly message: string } | null = null;
  #name: NodeId | null;
  #delivery: Delivery | undefined;
  #indexId: string | null = null;
  #skewMs: number | null = null;
  #lastContactMs: number | null = null;
  #cancelTimer: () => void = () => undefined;
  #probing = false;
  #closed = false;

  constructor(options: PeerLoopOptions) {
    this.#options = options;
    this.url = options.peer.url;
    this.#name = options.configuredName;
    this.#breaker = createBreaker(options.clock, options.random);
  }

  get name(): NodeId | null {
    return this.#name;
  }

  get state(): PeerState {
    return this.#state;
  }

  get problem(): { readonly code: ErrorCode; readonly message: string } | null {
    return this.#problem;
  }

  get breaker(): Pick<Breaker, 'nextProbeMs' | 'failures'> {
    return this.#breaker;
  }

  get contact(): { readonly lastContactMs: number | null; readonly skewMs: number | null } {
    return { lastContactMs: this.#lastContactMs, skewMs: this.#skewMs };
  }

  get delivery(): Delivery | undefined {
    return this.#delivery;
  }

  get peer(): Peer {
    return this.#options.peer;
  }

  start(): void {
    void this.#probe();
  }

  /** The index has news, or the delivery may go on. */
  wake(): void {
    this.#delivery?.pump();
  }

  /** Tries now what waits: a lost peer, deferred files. */
  retryNow(): void {
    if (this.#name !== null) this.#options.replica.index.deferred.hasten(this.#name);
    if (this.#breaker.state === 'open' || this.#delivery === undefined) void this.#probe();
    else this.wake();
  }

  /** The peer was heard: it is there again, or about to be. */
  heard(): void {
    if (this.#state === 'unreachable' && this.#breaker.hear()) void this.#probe();
  }

  /** The index is another one: where the peer stands in it is unknown, so that it is greeted anew. */
  renew(): void {
    this.#delivery?.close();
    this.#delivery = undefined;
    this.#indexId = null;
    void this.#probe();
  }

  offerAgain(files: readonly FileKey[]): void {
    this.#delivery?.offerAgain(files);
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#delivery?.close();
    this.#options.peer.close();
  }

  async #probe(): Promise<void> {
    if (this.#probing || this.#closed || this.#state === 'self') return;
    this.#probing = true;
    this.#cancelTimer();
    const sentMs = this.#options.clock.now();
    try {
      const hello = await this.#options.peer.hello();
      if (!this.#closed) this.#meet(hello, sentMs);
    } catch (error) {
      if (!this.#closed) this.#lose('probe', toSyncError(error));
    } finally {
      this.#probing = false;
    }
  }

  #meet(hello: Hello, sentMs: number): void {
    const { replica, clock, claim } = this.#options;
    const nowMs = clock.now();
    const greeting = greet(hello, replica);
    if (greeting.who === 'self') return this.#recogniseSelf();
    if (greeting.who === 'impostor') throw greeting.error;
    if (!claim(hello.node)) throw sameServerTwice(hello.node, this.url);
    this.#lastContactMs = nowMs;
    this.#skewMs = Math.round(hello.nowMs - (sentMs + nowMs) / 2);
    this.#name = hello.node;
    const isFirst = this.#delivery === undefined;
    if (this.#indexId !== hello.indexId) this.#begin(greeting.row, hello);
    if (this.#state !== 'up') this.#comeBack(isFirst);
    this.#later(heartbeatMs);
    this.#delivery?.pump();
    if (this.#delivery?.outbox.isEmpty === true) this.#options.onHeartbeat(hello);
  }

  #recogniseSelf(): void {
    this.#state = 'self';
    this.#problem = null;
    this.#options.peer.close();
    this.#options.onChange('state');
  }

  #begin(row: PeerRow, greeting: Hello): void {
    this.#delivery?.close();
    this.#indexId = row.indexId;
    this.#delivery = createDelivery({
      ...this.#options,
      row,
      greeting,
      name: row.name,
      counters: this.counters,
      width: () => this.#width(),
      onAnswer: (indexId) => this.#answered(indexId),
      onFailure: (error) => this.#lose('delivery', error),
      onIdle: () => this.#idle(),
    });
  }

  #comeBack(isFirst: boolean): void {
    this.#breaker.answered();
    if (this.#name !== null && !isFirst) this.#options.replica.index.deferred.hasten(this.#name);
    if (this.#breaker.state === 'closed') this.#enterUp();
  }

  #enterUp(): void {
    if (this.#state === 'up') return;
    this.#state = 'up';
    this.#problem = null;
    this.#options.report.peerUp(this.#name ?? this.url, this.url);
    this.#options.onChange('state');
  }

  #width(): number {
    if (this.#closed || this.#options.isPaused() || this.#breaker.state === 'open') return 0;
    return this.#breaker.state === 'trial' ? 1 : this.#options.flights;
  }

  #answered(indexId: string | null): void {
    this.#lastContactMs = this.#options.clock.now();
    this.#breaker.succeed();
    if (this.#breaker.state === 'open') return this.#options.onChange('progress');
    this.#enterUp();
    this.#options.onChange('progress');
    if (indexId !== this.#indexId) void this.#probe();
    else this.#later(heartbeatMs);
  }

  #idle(): void {
    if (this.#breaker.state === 'trial') {
      this.#breaker.succeed();
      this.#enterUp();
    }
    this.#options.onChange('progress');
  }

  #lose(what: 'delivery' | 'probe', error: SyncError): void {
    const probeMs = this.#breaker.fail(what, retryAfterOf(error));
    const isNews = this.#state !== 'unreachable' || this.#problem?.code !== error.code;
    this.#state = 'unreachable';
    this.#problem = { code: error.code, message: showText(error.message, 300) };
    if (isNews)
      this.#options.report.peerDown(this.#name ?? this.url, this.url, error.code, this.#problem.message);
    this.#options.onChange('state');
    this.#later(probeMs - this.#options.clock.now());
  }

  #later(ms: number): void {
    this.#cancelTimer();
    if (this.#closed) return;
    this.#cancelTimer = this.#options.clock.after(Math.max(1, ms), () => void this.#probe());
  }
}
