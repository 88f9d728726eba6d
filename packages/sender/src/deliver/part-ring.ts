/**
 * Parts of a body that are there at a time. Each of the streams that a body passes through (gzip, the rate limit, the socket) holds one and
 * asks for no other until that has gone on; together fewer than these.
 */
const ringParts = 5;

/** Memory for the parts of one body, used again and again. New memory for each costs more than reading and sending the part. */
export interface PartRing {
  /** Memory for the next part: new, or that of the part of five before. */
  next(): SharedArrayBuffer;
}

/** See `PartRing`. `partBytes` is the length of each. */
export function createPartRing(partBytes: number): PartRing {
  const ring: SharedArrayBuffer[] = [];
  let count = 0;
  return {
    next() {
      const at = count % ringParts;
      count += 1;
      return (ring[at] ??= new SharedArrayBuffer(partBytes));
    },
  };
}
