import { createHostNonceCache, createNonceCache } from '@lockstep/core';
import type { Router } from 'express';
import { createBodyBudget } from './access/body-budget.js';
import { createRefusalLog } from './access/refusal-log.js';
import { createSlots } from './access/slots.js';
import { createRouter } from './http/router.js';
import { resolveOptions, type ReceiverOptions } from './options.js';
import type { Parts } from './parts.js';
import { receiverStatus, type ReceiverStatus } from './status.js';
import { createTally } from './tally.js';

/** Takes changes from the peers into a replica. */
export interface Receiver {
  /** To be mounted where the peers post, `/sync` by default, before the body parsers of the app. */
  readonly router: Router;
  /** What happened since it was created. */
  status(): ReceiverStatus;
  /** Answers CLOSED from now on, and waits for the requests in flight (`limits.closeGraceMs` at most). Close it before the replica. */
  close(): Promise<void>;
}

/** Makes the receiver of this server. Nothing happens until its router is mounted. Throws OPTION_INVALID. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const resolved = resolveOptions(options);
  const { clock, limits, log, replica } = resolved;
  let closed = false;
  const parts: Parts = {
    options: resolved,
    nonces: replica.host ? createHostNonceCache(replica.host.nonces) : createNonceCache(clock.now()),
    slots: createSlots(limits),
    bodies: createBodyBudget(limits),
    tally: createTally(),
    refusals: createRefusalLog(log, clock),
    isClosed: () => closed,
  };
  return {
    router: createRouter(parts),
    status: () => receiverStatus(parts),
    async close() {
      closed = true;
      let cancel: () => void = () => undefined;
      const grace = new Promise<void>((resolve) => (cancel = clock.after(limits.closeGraceMs, resolve)));
      await Promise.race([parts.slots.idle(), grace]);
      cancel();
    },
  };
}
