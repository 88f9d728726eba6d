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
 * Fails a request whose client sends nothing for `bodyIdleMs` (checked at that pace, so noticed within twice that). While this server
 * itself holds the client back, because its disk is slow, time does not count.
 */
export function watchBody(
  req: Request,
  { clock, limits }: Pick<ResolvedOptions, 'clock' | 'limits'>,
): BodyWatch {
  const startBytes = req.socket.bytesRead;
  let lastBytes = startBytes;
  let cancel: () => void = () => undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    const check = (): void => {
      const { bytesRead } = req.socket;
      const idle = bytesRead === lastBytes && !req.isPaused() && !req.complete;
      lastBytes = bytesRead;
      if (idle) reject(stalled(limits.bodyIdleMs));
      else if (bytesRead - startBytes > 2 * limits.maxRequestBytes) reject(endless(limits.maxRequestBytes));
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

function endless(maxBytes: number): SyncError {
  return new SyncError(
    'REQUEST_TOO_LARGE',
    `Refused a request that went on beyond ${maxBytes} bytes: send less in one.`,
    {
      details: { maxBytes },
    },
  );
}
