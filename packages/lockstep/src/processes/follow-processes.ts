import type { Clock, Log, Replica } from '@lockstep/core';

/** An event in one process is told in the others within about this time. */
const followMs = 100;

/**
 * Keeps the events of this process up to date with what the others of its host record. A failure is logged once, until it went well
 * again. Gives what ends it.
 */
export function followProcesses(
  replica: Pick<Replica, 'followOthers'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): () => void {
  const catchUp = replica.followOthers();
  let ended = false;
  let failing = false;
  let cancel: () => void = () => undefined;
  wait();
  return () => {
    ended = true;
    cancel();
  };

  function wait(): void {
    if (!ended) cancel = clock.after(followMs, () => void follow());
  }

  async function follow(): Promise<void> {
    try {
      await catchUp();
      failing = false;
    } catch (error) {
      if (!failing && !ended)
        log.error('Could not follow the other processes of this host; trying on', { error });
      failing = true;
    }
    wait();
  }
}
