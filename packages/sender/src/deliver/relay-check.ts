import { steadyClock, type Clock, type Hello } from '@lockstep/core';

/** What to do with changes of others that are due. `known`: the peer has all of it; `wait`: it is being found out. */
export type RelayAdvice = 'offer' | 'known' | 'wait';

/**
 * Asks a peer how its index is before changes of others are offered to it. Mostly it has the same files: one small request then stands for
 * thousands of offers, which every server would make to every other. While its index still moves, the author is still sending.
 */
export interface RelayCheck {
  /**
   * Never `wait` for ever: `wake` is called when there is news.
   * @param waiting how many changes would be offered
   */
  advise(waiting: number): RelayAdvice;
}

export interface RelayCheckOptions {
  readonly clock: Clock;
  readonly hello: () => Promise<Hello>;
  readonly liveDigest: () => string;
  readonly wake: () => void;
  /** How many peers this server asks in this way. */
  readonly peers: number;
}

/** How long after the first look the next one comes while the peer's index moves, in ms. Each further rest is twice as long, */
const firstRestMs = 500;
/** but no longer than this, in ms. */
const longestRestMs = 4_000;
/** So many changes are offered in one request: more looks than a few cost as much. */
const fewChanges = 250;
/** For how long an index that never rests is looked at before a few changes are offered all the same, in ms, */
const longestWaitMs = 7_000;
/** and many: a burst takes its author that long where there are many peers. */
const longestWaitForManyMs = 60_000;
/** How long an answer counts, in ms: less than changes wait before they are due, so that it covers all that are. */
const freshMs = 1_000;
/** All peers together are looked at so often at rest: one look in so many ms. Each looks at each, so that looks grow with the square. */
const lookEveryMs = 250;

export function createRelayCheck(options: RelayCheckOptions): RelayCheck {
  return new HelloRelayCheck(options);
}

class HelloRelayCheck implements RelayCheck {
  readonly #options: RelayCheckOptions;
  readonly #clock: Clock;
  readonly #paceMs: number;
  #advice: RelayAdvice | null = null;
  #lastSequence = 0;
  #restMs = firstRestMs;
  /** When the first of the looks was that found the index moving. */
  #sinceMs: number | null = null;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: RelayCheckOptions) {
    this.#options = options;
    this.#clock = steadyClock(options.clock);
    this.#paceMs = lookEveryMs * options.peers;
  }

  advise(waiting: number): RelayAdvice {
    if (this.#advice === null) this.#lookWhenDue(waiting);
    return this.#advice ?? 'wait';
  }

  #lookWhenDue(waiting: number): void {
    const nowMs = this.#clock.now();
    const restMs = this.#lookedMs + this.#paceMs - nowMs;
    if (restMs > 0) return this.#rest(restMs);
    this.#lookedMs = nowMs;
    this.#sinceMs ??= nowMs;
    void this.#look(waiting);
  }

  async #look(waiting: number): Promise<void> {
    const { hello, liveDigest } = this.#options;
    this.#advice = 'wait';
    try {
      const answer = await hello();
      const hasMoved = answer.lastSequence !== this.#lastSequence;
      this.#lastSequence = answer.lastSequence;
      if (answer.liveDigest === liveDigest()) this.#settle('known');
      else if (hasMoved && !this.#hasWaited(waiting)) this.#restLonger();
      else this.#settle('offer');
    } catch {
      // The offer will meet the same failure, and that is dealt with.
      this.#settle('offer');
    }
  }

  #hasWaited(waiting: number): boolean {
    const waitedMs = this.#clock.now() - (this.#sinceMs ?? 0);
    return waitedMs >= (waiting <= fewChanges ? longestWaitMs : longestWaitForManyMs);
  }

  #restLonger(): void {
    const restMs = this.#restMs;
    this.#restMs = Math.min(restMs * 2, longestRestMs);
    this.#rest(restMs);
  }

  #rest(ms: number): void {
    this.#advice = 'wait';
    this.#clock.after(ms, () => {
      this.#advice = null;
      this.#options.wake();
    });
  }

  #settle(found: 'offer' | 'known'): void {
    this.#advice = found;
    this.#restMs = firstRestMs;
    this.#sinceMs = null;
    this.#clock.after(freshMs, () => (this.#advice = null));
    this.#options.wake();
  }
}
