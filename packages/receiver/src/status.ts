import type { Parts } from './parts.js';
import type { TallyStatus } from './tally.js';

/** What a receiver did since it was created. */
export interface ReceiverStatus extends TallyStatus {
  /** Requests that are worked on now. */
  readonly inFlight: number;
}

export function receiverStatus(parts: Pick<Parts, 'tally' | 'slots'>): ReceiverStatus {
  return { ...parts.tally.read(), inFlight: parts.slots.inFlight };
}
