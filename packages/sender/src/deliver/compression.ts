import { steadyClock, type BodyEncoding, type Clock } from '@lockstep/core';
import { promisify } from 'node:util';
import { createGzip, gzip, type Gzip } from 'node:zlib';
import { isWorthCompressing, mostLeft } from './compression-rule.js';

/** Why bodies to a peer are compressed, or not. */
export type CompressionReason =
  /** The link is slow. */
  | 'slow-link'
  /** Compressing would take longer than it saves. */
  | 'fast-link'
  /** The link is slow, but what went last shrinks hardly, or suspiciously much. */
  | 'content'
  /** Too little has been sent to know the link. */
  | 'unmeasured'
  /** The peer does not take compressed bodies. */
  | 'peer'
  /** The peer refused one, and is left alone for a while. */
  | 'refused'
  /** Switched off by an option. */
  | 'off';

/** Decides which bodies to one peer are compressed, and does it, outside of the event loop. */
export interface Compression {
  /** How it stands for a body of ordinary text. */
  readonly reason: CompressionReason;
  /** What the peer takes, by its hello. */
  allow(encodings: readonly BodyEncoding[] | undefined): void;
  /** The peer refused a compressed body. */
  refused(): void;
  /** Whether looking at a sample could lead to anything. */
  mayPay(bytes: number): boolean;
  /** Whether to compress a body of `bytes`, of which this is a sample. */
  pays(sample: Buffer, bytes: number): Promise<boolean>;
  /** The body compressed; null when it did not shrink as its sample did. */
  shrink(body: Buffer): Promise<Buffer | null>;
  /** Compresses what is written to it. The caller owes its end. */
  stream(): Gzip;
}

export interface CompressionOptions {
  readonly enabled: boolean;
  readonly clock: Clock;
  /** What the link carries; null while that is unknown. */
  readonly linkBytesPerSecond: () => number | null;
}

/** As fast as 1 and smaller; above, it takes twice the time (decision 16). */
const level = 4;
/** Of a compressor, at least, in bytes per second: one that waits for a busy processor looks slower than it is. */
const leastSpeed = 50e6;
const speedsRemembered = 8;
/** Ordinary text, where nothing was looked at yet. */
const textRatio = 0.3;
const restMs = 600_000;
/** A whole body that shrank beyond this is a bomb to its receiver. */
const leastWhole = 1 / 80;
const typicalBytes = 1024 * 1024;

const gzipInThread = promisify<Buffer, { level: number }, Buffer>(gzip);

export function createCompression({ enabled, clock, linkBytesPerSecond }: CompressionOptions): Compression {
  const steady = steadyClock(clock);
  const speeds: number[] = [];
  let isTaken = false;
  let restsUntilMs = -Infinity;
  let lastRatio: number | null = null;

  const speed = (): number => Math.max(leastSpeed, ...speeds);
  const isWorth = (bytes: number, ratio: number): boolean => {
    const link = linkBytesPerSecond();
    const given = { bytes, ratio, linkBytesPerSecond: link ?? Infinity, workBytesPerSecond: speed() };
    return link !== null && isWorthCompressing(given);
  };
  const isReady = (): boolean => enabled && isTaken && steady.now() >= restsUntilMs;

  return {
    get reason() {
      if (!enabled) return 'off';
      if (!isTaken) return 'peer';
      if (steady.now() < restsUntilMs) return 'refused';
      if (linkBytesPerSecond() === null) return 'unmeasured';
      if (!isWorth(typicalBytes, textRatio)) return 'fast-link';
      return lastRatio === null || isWorth(typicalBytes, lastRatio) ? 'slow-link' : 'content';
    },
    allow(encodings) {
      isTaken = encodings?.includes('gzip') ?? false;
    },
    refused() {
      restsUntilMs = steady.now() + restMs;
    },
    mayPay: (bytes) => isReady() && isWorth(bytes, 0.1),
    async pays(sample, bytes) {
      const left = await gzipInThread(sample, { level });
      lastRatio = sample.length === 0 ? 1 : left.length / sample.length;
      return isWorth(bytes, lastRatio);
    },
    async shrink(body) {
      const startedMs = performance.now();
      const shrunk = await gzipInThread(body, { level });
      speeds.push((body.length * 1000) / Math.max(0.1, performance.now() - startedMs));
      if (speeds.length > speedsRemembered) speeds.shift();
      const ratio = shrunk.length / body.length;
      return ratio > mostLeft || ratio < leastWhole ? null : shrunk;
    },
    stream: () => createGzip({ level }),
  };
}
