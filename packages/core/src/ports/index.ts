export * from './clock.js';
export * from './disk.js';
export * from './host-store.js';
export * from './index-store.js';
export * from './index-tables.js';
export * from './log.js';
export * from './random.js';
export * from './work.js';
