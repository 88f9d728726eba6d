import { isTooStarved, steadyClock, watchStarvation, type Clock } from '@lockstep/core';

/** A body on its way. */
export interface Transfer {
  /**
   * The peer has answered.
   * @param wireBytes bytes of the body as they travelled
   * @param busyMs how long the peer was at work without waiting for bytes; undefined when it does not say
   */
  arrived(wireBytes: number, busyMs: number | undefined): void;
}

/** What is known of the way to one peer, from the requests that it answered. */
export interface LinkMeter {
  /** Null until three bodies of `leastBytes` or more have arrived and could tell. */
  readonly bytesPerSecond: number | null;
  /** Such bodies that were answered, whether they could tell or not. */
  readonly tries: number;
  /** Of the shortest of the last hellos, in ms; null before the first. */
  readonly roundTripMs: number | null;
  /** @param bytes of the body before it is compressed */
  begin(bytes: number): Transfer;
  /** How long a hello took, in ms. */
  greeted(ms: number): void;
}

/** Smaller bodies say nothing: they fit into the buffers on the way. */
export const leastBytes = 64 * 1024;
/** How many are remembered. The fastest counts: a busy moment makes a link look slow, and compressing on a fast one is the worse mistake. */
const remembered = 8;
const leastSamples = 3;
/** As many bodies may be under way to one peer, see the option `flights`. */
const mostBeside = 64;

export function createLinkMeter(clock: Clock): LinkMeter {
  const steady = steadyClock(clock);
  const rates: number[] = [];
  let tries = 0;
  const roundTrips: number[] = [];
  /** What arrived lately, to add up what travelled at the same time. */
  const arrivals: { readonly atMs: number; readonly bytes: number }[] = [];

  const add = <T>(list: T[], value: T, most = remembered): void => {
    list.push(value);
    if (list.length > most) list.shift();
  };
  const roundTrip = (): number | null => (roundTrips.length === 0 ? null : Math.min(...roundTrips));

  return {
    get bytesPerSecond() {
      return rates.length < leastSamples ? null : Math.max(...rates);
    },
    get tries() {
      return tries;
    },
    get roundTripMs() {
      return roundTrip();
    },
    begin(bytes) {
      const startedMs = steady.now();
      // Asking costs more than a small body does.
      const starvedMs = bytes < leastBytes ? () => 0 : watchStarvation(clock);
      return {
        arrived(wireBytes, busyMs) {
          const nowMs = steady.now();
          add(arrivals, { atMs: nowMs, bytes: wireBytes }, mostBeside);
          if (wireBytes >= leastBytes) tries += 1;
          if (busyMs === undefined || wireBytes < leastBytes) return;
          // In which this thread had to wait for a processor, it cannot tell what it waited for besides.
          const starved = starvedMs();
          const tookMs = Math.max(0, nowMs - startedMs - starved);
          const waitedMs = Math.max(0, tookMs - busyMs);
          if (isTooStarved({ tookMs: nowMs - startedMs, starvedMs: starved, waitedMs })) return;
          // A first hello may have taken far longer than a round trip: most of the time stays the link's.
          const travelMs = Math.max(1, waitedMs / 2, waitedMs - (roundTrip() ?? 0));
          // Bodies that travel side by side share the link: it carried all of them in this time, or this one alone in its own.
          const together = arrivals
            .filter(({ atMs }) => atMs > startedMs)
            .reduce((sum, { bytes }) => sum + bytes, 0);
          add(rates, 1000 * Math.max(wireBytes / travelMs, together / Math.max(1, tookMs)));
        },
      };
    },
    greeted(ms) {
      add(roundTrips, Math.max(0, ms));
    },
  };
}
