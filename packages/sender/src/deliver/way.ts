import type { BodyEncoding, Clock } from '@lockstep/core';
import { createCarrier, type Carrier } from './carry-body.js';
import { createCompression } from './compression.js';
import type { RateLimit } from './limit-rate.js';
import { createLinkMeter, leastBytes } from './link-meter.js';
import type { PeerLink } from './peer.js';

export interface WayOptions {
  readonly clock: Clock;
  /** Of everything that goes to this peer. */
  readonly limit: RateLimit;
  /** Whether bodies may be compressed, where that pays. */
  readonly compression: boolean;
}

/** The way of bodies to one peer: measured, limited, and compressed where that pays. */
export interface Way extends Pick<Carrier, 'carry'> {
  readonly link: PeerLink;
  /** The peer said hello, after so many ms. */
  greeted(ms: number, encodings: readonly BodyEncoding[] | undefined): void;
}

/**
 * What requests may carry one after the other until the link is known, in bytes. First enough to measure by, and little over a slow link
 * that is not compressed yet; then more, which tells although both servers are busy; then nothing is held back for the measurement.
 */
const firstBytes = [2 * leastBytes, 8 * leastBytes];
const triesOfEach = 12;

export function createWay({ clock, limit, compression: enabled }: WayOptions): Way {
  const meter = createLinkMeter(clock);
  const compression = createCompression({
    enabled,
    clock,
    linkBytesPerSecond: () => slower(meter.bytesPerSecond, limit.bytesPerSecond),
  });
  const carrier = createCarrier({ limit, link: meter, compression });
  return {
    carry: (body, send) => carrier.carry(body, send),
    greeted(ms, encodings) {
      meter.greeted(ms);
      compression.allow(encodings);
    },
    link: {
      get firstBytes() {
        if (compression.reason !== 'unmeasured') return Infinity;
        return firstBytes[Math.floor(meter.tries / triesOfEach)] ?? Infinity;
      },
      status: () => ({
        bytesPerSecond: meter.bytesPerSecond,
        roundTripMs: meter.roundTripMs,
        maxBytesPerSecond: limit.bytesPerSecond,
        compression: { active: compression.reason === 'slow-link', reason: compression.reason },
        bodyBytes: carrier.bytes.sent,
        savedBytes: carrier.bytes.saved,
      }),
    },
  };
}

function slower(measured: number | null, limit: number | false): number | null {
  return limit === false ? measured : Math.min(measured ?? limit, limit);
}
