export * from './model/index.js';
export * from './ports/index.js';
export * from './replica/index.js';
export * from './rules/index.js';
export * from './wire/index.js';
