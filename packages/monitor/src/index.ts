export { createMonitor, type Monitor } from './create-monitor.js';
export type { MonitorOptions } from './options.js';
export type { ReceiverStatusView, ReceiverView } from './receiver-view.js';
export type {
  OperationView,
  RestoredHoldView,
  SenderDeferredView,
  SenderPeerView,
  SenderStatusView,
  SenderView,
} from './sender-view.js';
export type * from './status.js';
