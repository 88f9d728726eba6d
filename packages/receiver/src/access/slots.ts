import { SyncError, type NodeId } from '@lockstep/core';

/** Bounds how many requests of one peer, and of all, are worked on at a time, and knows how many are in flight. */
export interface Slots {
  /** Takes a slot; the returned function gives it back. Throws TOO_MANY_REQUESTS. */
  enter(node: NodeId): () => void;
  readonly inFlight: number;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

export interface SlotLimits {
  readonly concurrentPerPeer: number;
  readonly concurrentInAll: number;
}

/** See `Slots`. */
export function createSlots({ concurrentPerPeer, concurrentInAll }: SlotLimits): Slots {
  const taken = new Map<NodeId, number>();
  const waiting = new Set<() => void>();
  let inFlight = 0;

  const leave = (node: NodeId): void => {
    const left = (taken.get(node) ?? 1) - 1;
    if (left === 0) taken.delete(node);
    else taken.set(node, left);
    inFlight -= 1;
    if (inFlight > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  return {
    enter(node) {
      const before = taken.get(node) ?? 0;
      if (before >= concurrentPerPeer) throw tooMany(node, `${before} of its requests are in work`, before);
      if (inFlight >= concurrentInAll)
        throw tooMany(node, `${inFlight} requests of all peers are in work`, inFlight);
      taken.set(node, before + 1);
      inFlight += 1;
      let held = true;
      return () => {
        if (held) leave(node);
        held = false;
      };
    },
    get inFlight() {
      return inFlight;
    },
    idle: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  };
}

function tooMany(node: NodeId, why: string, inFlight: number): SyncError {
  return new SyncError('TOO_MANY_REQUESTS', `Refused "${node}": ${why}. Wait a second.`, {
    details: { node, inFlight },
  });
}
