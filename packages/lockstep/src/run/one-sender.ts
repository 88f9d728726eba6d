import { join } from 'node:path';
import type { Clock, Log } from '@lockstep/core';
import { acquireProcessLock, type ProcessLock } from '@lockstep/core/node';

const retryMs = 1000;

/** What only one process of a host may do. */
export interface Duty {
  /** Is called again when it has failed: what did start stays as it is. */
  start(): Promise<void>;
}

/** Watching and sending, by exactly one of the processes that share a state directory. */
export interface OneSender {
  /** True in the process that watches and sends. */
  isOnDuty(): boolean;
  /** Gives the lock back. Whatever the duty started must have ended. */
  release(): void;
}

/**
 * Starts the duty if no other process of this host has it, else waits for that process to end and takes over. The lock is freed
 * by the kernel, so a killed process is followed within about a second. Rejects when the duty cannot be started at once; one that
 * takes over later tries until it can, since nobody waits for its answer.
 */
export async function startOneSender(
  duty: Duty,
  { stateDir, clock, log }: { stateDir: string; clock: Clock; log: Log },
): Promise<OneSender> {
  const file = join(stateDir, 'sender.lock');
  let lock: ProcessLock | null = acquireProcessLock(file);
  let released = false;
  let cancel: () => void = () => undefined;
  const tell = tellOnce(log);

  if (lock === null) {
    log.info('Another process of this host watches and sends; this one receives and stands by');
    waitForLock();
  } else {
    await startOrRelease(duty, lock);
  }

  return {
    isOnDuty: () => lock !== null,
    release() {
      released = true;
      cancel();
      lock?.release();
      lock = null;
    },
  };

  function waitForLock(): void {
    cancel = clock.after(retryMs, () => {
      lock = tryLock();
      if (lock === null) return waitForLock();
      log.info('This process watches and sends now: the one before has ended');
      takeUp();
    });
  }

  /** Timers call this: what it threw would end the process. */
  function tryLock(): ProcessLock | null {
    try {
      return acquireProcessLock(file);
    } catch (error) {
      tell('Could not look whether another process of this host sends; it is tried again', error);
      return null;
    }
  }

  function takeUp(): void {
    duty.start().catch((error: unknown) => {
      if (released) return;
      tell('Could not start to watch and send; it is tried again', error);
      cancel = clock.after(retryMs, takeUp);
    });
  }
}

/** Tells a failure once, and again when the reason is another. */
function tellOnce(log: Log): (message: string, error: unknown) => void {
  let told = '';
  return (message, error) => {
    const reason = `${message}: ${String(error)}`;
    if (reason !== told) log.error(message, { error });
    told = reason;
  };
}

async function startOrRelease(duty: Duty, lock: ProcessLock): Promise<void> {
  try {
    await duty.start();
  } catch (error) {
    lock.release();
    throw error;
  }
}
