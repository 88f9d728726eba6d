/** What compressing a body would cost and bring. */
export interface CompressionCase {
  readonly bytes: number;
  /** Share of the bytes that is left, by a sample. */
  readonly ratio: number;
  readonly linkBytesPerSecond: number;
  /** How fast bytes are compressed. */
  readonly workBytesPerSecond: number;
}

/** A moment of work must save this many moments of waiting: it is taken from the host app, and the receiver works too. */
const worth = 8;

/** Handing a body to another thread and back, in ms. */
const fixedMs = 1;

/** Content that is left with more than this is compressed already: pictures, films, archives. */
export const mostLeft = 0.85;

/** A receiver takes a body that grows more than a hundredfold for an attack: less than this share left goes as it is. */
export const leastLeft = 1 / 50;

/** True when less waiting for the link is worth the work. */
export function isWorthCompressing(given: CompressionCase): boolean {
  const { bytes, ratio, linkBytesPerSecond, workBytesPerSecond } = given;
  if (ratio > mostLeft || ratio < leastLeft) return false;
  const savedMs = (bytes * (1 - ratio) * 1000) / linkBytesPerSecond;
  const workMs = fixedMs + (bytes * 1000) / workBytesPerSecond;
  return savedMs > worth * workMs;
}
