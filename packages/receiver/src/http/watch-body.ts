import { SyncError } from '@lockstep/core';
import type { Request } from 'express';
import type { ResolvedOptions } from '../options.js';

/** Watches a body that is being read, without touching its bytes. */
export interface BodyWatch {
  /** Rejects with TIMED_OUT or REQUEST_TOO_LARGE; never resolves. */
  readonly timedOut: Promise<never>;
  stop(): void;
}

/**
 * Fails a request whose client sends nothing for `bodyIdleMs`, or fewer than `minBytesPerSecond` (checked at the pace of `bodyIdleMs`, so
 * noticed within twice that). While this server itself holds the client back, because its disk is slow, time does not count.
 */
export function watchBody(
  req: Request,
  { clock, limits }: Pick<ResolvedOptions, 'clock' | 'limits'>,
): BodyWatch {
  const startBytes = req.socket.bytesRead;
  let lastBytes = startBytes;
  let wasHeld = false;
  const leastBytes = Math.max(1, Math.ceil((limits.minBytesPerSecond * limits.bodyIdleMs) / 1000));
  let cancel: () => void = () => undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    const check = (): void => {
      const { bytesRead } = req.socket;
      const isHeld = req.isPaused();
      const tooFew = bytesRead - lastBytes < leastBytes && !isHeld && !wasHeld && !req.complete;
      wasHeld = isHeld;
      if (tooFew) reject(bytesRead === lastBytes ? stalled(limits.bodyIdleMs) : tooSlow(limits));
      lastBytes = bytesRead;
      if (tooFew) return;
      if (bytesRead - startBytes > 2 * limits.maxRequestBytes) reject(endless(limits.maxRequestBytes));
      else cancel = clock.after(limits.bodyIdleMs, check);
    };
    cancel = clock.after(limits.bodyIdleMs, check);
  });
  // Nobody may be listening any more when the last check fails.
  timedOut.catch(() => undefined);
  return { timedOut, stop: () => cancel() };
}

function stalled(idleMs: number): SyncError {
  return new SyncError('TIMED_OUT', `Refused a request whose body stopped for ${idleMs} ms: send it again.`, {
    details: { idleMs },
  });
}

function tooSlow({ minBytesPerSecond }: ResolvedOptions['limits']): SyncError {
  return new SyncError(
    'TIMED_OUT',
    `Refused a request whose body came at less than ${minBytesPerSecond} bytes per second: send it again over a better line.`,
    { details: { minBytesPerSecond } },
  );
}

function endless(maxBytes: number): SyncError {
  return new SyncError(
    'REQUEST_TOO_LARGE',
    `Refused a request that went on beyond ${maxBytes} bytes: send less in one.`,
    {
      details: { maxBytes },
    },
  );
}
