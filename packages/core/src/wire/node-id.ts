import type { NodeId } from '../model/version-vector.js';

const shape = /^[A-Za-z0-9._-]{1,64}$/u;

/** True for 1–64 letters, digits, dots, underscores and hyphens: safe in a header, a log line and a file name. */
export function isNodeId(input: unknown): input is NodeId {
  return typeof input === 'string' && shape.test(input);
}
