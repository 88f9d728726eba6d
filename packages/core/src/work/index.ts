export { createWork, type WorkOptions } from './create-work.js';
export type { StagingOwner } from './sweep.js';
