export type { Right, RightsTable } from './access/rights.js';
export { allowLongUploads } from './allow-long-uploads.js';
export type { ReceiverLimits } from './limits.js';
export type { ReceiverOptions } from './options.js';
export { createReceiver, type Receiver } from './receiver.js';
export type { ReceiverStatus } from './status.js';
export type { Operation, TallyStatus } from './tally.js';
