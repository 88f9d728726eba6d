import type { Clock } from '@lockstep/core';
import type { PeerLoop } from './peer-loop.js';

/** Arming a large tree takes longer than this, in ms; the peers are not kept waiting for all of it. */
const longestWaitMs = 250;

/** Says hello to the peers for the first time. */
export interface Greeting {
  /** Within a quarter of a second. */
  soon(): void;
  /** Now, unless it was done. */
  now(): void;
  close(): void;
}

/**
 * A peer that is greeted greets back: a hello before this server listens would make it wait for its next attempt, so the hello comes when
 * the folders are armed, which is when apps begin to listen.
 */
export function createGreeting(loops: readonly Pick<PeerLoop, 'start'>[], clock: Clock): Greeting {
  let isOver = false;
  let cancel: () => void = () => undefined;

  const close = (): void => {
    isOver = true;
    cancel();
  };
  const now = (): void => {
    if (isOver) return;
    close();
    for (const loop of loops) loop.start();
  };
  return { soon: () => void (cancel = clock.after(longestWaitMs, now)), now, close };
}
