import type { Clock, Hello } from '@lockstep/core';

/** What to do with changes of others that are due. `known`: the peer has all of it; `wait`: it is being found out. */
export type RelayAdvice = 'offer' | 'known' | 'wait';

/**
 * Asks a peer how its index is before changes of others are offered to it. Mostly it has the same files: one small request then stands for
 * thousands of offers, which every server would make to every other. While its index still moves, the author is still sending.
 */
export interface RelayCheck {
  /** Never `wait` for ever: `wake` is called when there is news. */
  advise(): RelayAdvice;
}

export interface RelayCheckOptions {
  readonly clock: Clock;
  readonly hello: () => Promise<Hello>;
  readonly liveDigest: () => string;
  readonly wake: () => void;
}

/** How long after a look the next one comes while the peer's index moves, in ms, */
const restMs = 500;
/** and how many looks there are before the changes are offered all the same. */
const mostLooks = 16;
/** How long an answer counts, in ms: less than changes wait before they are due, so that it covers all that are. */
const freshMs = 1_000;

export function createRelayCheck({ clock, hello, liveDigest, wake }: RelayCheckOptions): RelayCheck {
  let advice: RelayAdvice | null = null;
  let lastSequence = 0;
  let looks = 0;

  const settle = (found: RelayAdvice, forMs: number): void => {
    advice = found;
    clock.after(forMs, () => {
      advice = null;
      if (found === 'wait') wake();
    });
    if (found !== 'wait') looks = 0;
    if (found !== 'wait') wake();
  };

  const look = async (): Promise<void> => {
    advice = 'wait';
    looks += 1;
    try {
      const answer = await hello();
      const hasMoved = answer.lastSequence !== lastSequence;
      lastSequence = answer.lastSequence;
      if (answer.liveDigest === liveDigest()) settle('known', freshMs);
      else if (hasMoved && looks < mostLooks) settle('wait', restMs);
      else settle('offer', freshMs);
    } catch {
      // The offer will meet the same failure, and that is dealt with.
      settle('offer', freshMs);
    }
  };

  return {
    advise() {
      if (advice === null) void look();
      return advice ?? 'wait';
    },
  };
}
