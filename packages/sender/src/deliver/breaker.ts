import { backoffMs, type Clock, type Random } from '@lockstep/core';

/** `closed`: requests go; `open`: none go until the probe; `trial`: one goes, to see whether the peer can take it. */
export type BreakerState = 'closed' | 'open' | 'trial';

/** Decides when a peer that failed is tried again. */
export interface Breaker {
  readonly state: BreakerState;
  /** When the next probe goes; null while requests go. */
  readonly nextProbeMs: number | null;
  /** Failures in a row. */
  readonly failures: number;
  /**
   * The peer itself was heard of: it is there, or about to be. Gives true when it is to be probed now; the rests begin anew then, with
   * short ones. A peer that is heard of and cannot be reached gives true every ten seconds only.
   */
  hear(): boolean;
  /** A delivery or a probe failed; a straggler among the flights changes nothing. Gives the time of the next probe. */
  fail(what: 'delivery' | 'probe', retryAfterMs?: number): number;
  /** The probe was answered: requests go again, one by way of trial when it was a delivery that failed (a full disk, say). */
  answered(): void;
  /** A delivery was answered. One that was under way when the peer asked to wait does not shorten the wait. */
  succeed(): void;
}

/** A peer lost less than this ago restarts, most likely: it is probed often. */
const restartMs = 60_000;
const outageMs = 600_000;
/** Longest rest between two probes, in ms, by how long the peer is lost. A probe is one refused connection. */
const longestRestMs = { restart: 500, outage: 5_000, lost: 30_000 } as const;

const firstRestMs = 250;
/** After the peer was heard of: a server says hello shortly before it listens. */
const heardRestMs = 25;
/** Rests do not begin anew more often than this, in ms. */
const hearingMs = 10_000;

export function createBreaker(clock: Clock, random: Random): Breaker {
  let state: BreakerState = 'closed';
  let failures = 0;
  let lostMs: number | null = null;
  let nextProbeMs: number | null = null;
  let failed: 'delivery' | 'probe' = 'probe';
  let isAskedToWait = false;
  /** When it was heard of, and how often it failed since. */
  let heard: { readonly atMs: number; failures: number } | null = null;

  return {
    get state() {
      return state;
    },
    get nextProbeMs() {
      return nextProbeMs;
    },
    get failures() {
      return failures;
    },
    hear() {
      const nowMs = clock.now();
      if (state !== 'open' || (heard !== null && nowMs - heard.atMs < hearingMs)) return false;
      heard = { atMs: nowMs, failures: 0 };
      return true;
    },
    fail(what, retryAfterMs = 0) {
      if (what === 'delivery' && state === 'open' && nextProbeMs !== null) return nextProbeMs;
      failed = what;
      isAskedToWait = retryAfterMs > 0;
      failures += 1;
      lostMs ??= clock.now();
      state = 'open';
      if (heard !== null) heard.failures += 1;
      const limits = {
        baseMs: heard === null ? firstRestMs : heardRestMs,
        maxMs: longestRest(clock.now() - lostMs),
      };
      nextProbeMs = clock.now() + backoffMs(heard?.failures ?? failures, random, limits, retryAfterMs);
      return nextProbeMs;
    },
    answered() {
      if (failed === 'probe') return reset();
      state = 'trial';
      nextProbeMs = null;
    },
    succeed() {
      if (state !== 'open' || !isAskedToWait) reset();
    },
  };

  function reset(): void {
    state = 'closed';
    failures = 0;
    lostMs = null;
    nextProbeMs = null;
    heard = null;
  }
}

function longestRest(lostForMs: number): number {
  if (lostForMs < restartMs) return longestRestMs.restart;
  return lostForMs < outageMs ? longestRestMs.outage : longestRestMs.lost;
}
