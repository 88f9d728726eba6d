export { createAntiEntropy, type AntiEntropy } from '../anti-entropy/anti-entropy.js';
export type { DeliveryReport } from '../deliver/delivery-report.js';
export { createLedger, type Ledger } from '../deliver/ledger.js';
export type { Peer, Upload, UploadBody } from '../deliver/peer.js';
export { PeerLoop, type PeerLoopOptions } from '../deliver/peer-loop.js';
export { createObserver, type Observer } from '../watch/observer.js';
export { createScanSchedule, type ScanSchedule } from '../watch/scan-schedule.js';
