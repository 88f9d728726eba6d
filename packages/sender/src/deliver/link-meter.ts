import { steadyClock, type Clock } from '@lockstep/core';

/** A body on its way. */
export interface Transfer {
  /**
   * The peer has answered.
   * @param wireBytes bytes of the body as they travelled
   * @param busyMs how long the peer was at work without waiting for bytes; undefined when it does not say
   */
  arrived(wireBytes: number, busyMs: number | undefined): void;
  /** It is over, well or not. Owed once. */
  end(): void;
}

/** What is known of the way to one peer, from the requests that it answered. */
export interface LinkMeter {
  /** Null until two bodies of `leastBytes` or more have arrived. */
  readonly bytesPerSecond: number | null;
  /** Of the shortest of the last hellos, in ms; null before the first. */
  readonly roundTripMs: number | null;
  begin(): Transfer;
  /** How long a hello took, in ms. */
  greeted(ms: number): void;
}

/** Smaller bodies say nothing: they fit into the buffers on the way. */
export const leastBytes = 64 * 1024;
/** How many are remembered. The fastest of them counts: a busy moment makes a link look slow, nothing makes it look fast. */
const remembered = 8;
const leastSamples = 2;

export function createLinkMeter(clock: Clock): LinkMeter {
  const steady = steadyClock(clock);
  const rates: number[] = [];
  const roundTrips: number[] = [];
  let underWay = 0;

  const add = (list: number[], value: number): void => {
    list.push(value);
    if (list.length > remembered) list.shift();
  };
  const roundTrip = (): number | null => (roundTrips.length === 0 ? null : Math.min(...roundTrips));

  return {
    get bytesPerSecond() {
      return rates.length < leastSamples ? null : Math.max(...rates);
    },
    get roundTripMs() {
      return roundTrip();
    },
    begin() {
      const startedMs = steady.now();
      underWay += 1;
      const besides = underWay;
      return {
        arrived(wireBytes, busyMs) {
          if (busyMs === undefined || wireBytes < leastBytes) return;
          const waitedMs = Math.max(0, steady.now() - startedMs - busyMs);
          // A first hello may have taken far longer than a round trip: most of the time stays the link's.
          const travelMs = Math.max(1, waitedMs / 4, waitedMs - (roundTrip() ?? 0));
          // Bodies that travel side by side share the link.
          add(rates, (((besides + underWay) / 2) * wireBytes * 1000) / travelMs);
        },
        end() {
          underWay -= 1;
        },
      };
    },
    greeted(ms) {
      add(roundTrips, Math.max(0, ms));
    },
  };
}
