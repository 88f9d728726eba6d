import type { ReplicaCounters } from '@lockstep/core';
import type { OperationView } from './sender-view.js';

/** What `receiver.status()` gives. Every field may be absent. */
export interface ReceiverStatusView {
  readonly totals?: Readonly<Record<string, OperationView | undefined>>;
  readonly bytesReceived?: number;
  readonly failures?: Readonly<Record<string, number>>;
  readonly inFlight?: number;
  /** Of all processes of the host; without it, those of this one are told. */
  readonly counters?: ReplicaCounters;
  readonly peers?: readonly { readonly name?: string; readonly lastContactMs?: number | null }[];
}

/** The part of a receiver that the monitor uses. */
export interface ReceiverView {
  status(): ReceiverStatusView;
}
