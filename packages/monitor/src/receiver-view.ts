import type { OperationView } from './sender-view.js';

/** What `receiver.status()` gives. Every field may be absent. */
export interface ReceiverStatusView {
  readonly totals?: Readonly<Record<string, OperationView | undefined>>;
  readonly bytesReceived?: number;
  readonly failures?: Readonly<Record<string, number>>;
  readonly inFlight?: number;
  readonly peers?: readonly { readonly name?: string; readonly lastContactMs?: number | null }[];
}

/** The part of a receiver that the monitor uses. */
export interface ReceiverView {
  status(): ReceiverStatusView;
}
