/** Shares the requests that may be under way to all peers together. */
export interface FlightBudget {
  /** Whether a peer with `own` requests under way may start another; when not, `onRoom` is called once as soon as one may. */
  mayStart(own: number, onRoom: () => void): boolean;
  /** A request of a peer that had `own` under way begins. */
  started(own: number): void;
  /** A request of a peer that has `own` others under way is over. */
  ended(own: number): void;
}

/** One request is set aside for each peer, so that nobody waits for a peer that hangs; the others go to whoever comes first. */
export function createFlightBudget(inAll: number, peers: number): FlightBudget {
  const spare = Math.max(0, inAll - peers);
  const waiting = new Set<() => void>();
  let used = 0;
  return {
    mayStart(own, onRoom) {
      if (own === 0 || used < spare) return true;
      waiting.add(onRoom);
      return false;
    },
    started(own) {
      if (own > 0) used += 1;
    },
    ended(own) {
      if (own === 0) return;
      used -= 1;
      const [first] = waiting;
      if (first === undefined) return;
      waiting.delete(first);
      first();
    },
  };
}
