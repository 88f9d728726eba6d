export * from './clock.js';
export type * from './disk.js';
export type * from './host-store.js';
export type * from './index-keeper.js';
export type * from './index-store.js';
export * from './index-tables.js';
export * from './log.js';
export type * from './random.js';
export type * from './work.js';
