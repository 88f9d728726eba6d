export * from './backoff.js';
export * from './coalesce.js';
export * from './decide.js';
export * from './ignore.js';
export type { IgnoreReason } from './ignore-defaults.js';
export * from './observe.js';
export * from './precedence.js';
export * from './safety.js';
export * from './version.js';
