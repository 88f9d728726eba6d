/** Counts since the start, of one peer. */
export interface PeerCounters {
  /** Files whose bytes were sent and taken. */
  uploaded: number;
  /** Files that the peer made from bytes it had. */
  copied: number;
  deleted: number;
  /** Files that the peer already knew. */
  known: number;
  failed: number;
  /** Bytes of content sent. */
  bytes: number;
  requests: number;
}

export function createPeerCounters(): PeerCounters {
  return { uploaded: 0, copied: 0, deleted: 0, known: 0, failed: 0, bytes: 0, requests: 0 };
}

export type Operation = 'upload' | 'delete' | 'move';

/** Outcomes by operation, over all peers. */
export type OperationTotals = Record<Operation, { ok: number; failed: number }>;

export function createOperationTotals(): OperationTotals {
  return { upload: { ok: 0, failed: 0 }, delete: { ok: 0, failed: 0 }, move: { ok: 0, failed: 0 } };
}

/** Latencies of the last changes, in ms. */
export interface Latencies {
  add(ms: number): void;
  /** Null before the first change. */
  quantile(fraction: number): number | null;
  /** The last ones, oldest first. */
  recent(): readonly number[];
}

const remembered = 512;

export function createLatencies(): Latencies {
  const ring: number[] = [];
  return {
    add(ms) {
      ring.push(ms);
      if (ring.length > remembered) ring.shift();
    },
    quantile(fraction) {
      const sorted = [...ring].sort((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? null;
    },
    recent: () => [...ring],
  };
}
