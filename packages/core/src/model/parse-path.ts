import { SyncError } from './error.js';
import { brokenPathRule, type PathRule } from './path-rules.js';
import type { SyncPath } from './path.js';
import { showText } from './show-text.js';

const explanations: Readonly<Record<PathRule, string>> = {
  'not-text': 'it is not text',
  empty: 'it is empty',
  'path-too-long': 'it is longer than 1,024 bytes',
  'too-deep': 'it has more than 64 components',
  absolute: 'it is absolute',
  'drive-letter': 'it begins with a drive letter',
  backslash: 'it contains a backslash',
  'control-character': 'it contains a control, line-separating or direction-changing character',
  'lone-surrogate': 'it is not well-formed Unicode',
  'not-nfc': 'it is not in Unicode normal form C',
  'empty-component': 'it has an empty component',
  'dot-component': 'it has a component "." or ".."',
  'encoded-traversal': 'it hides a step upwards, a separator or NUL behind percent signs',
  'component-too-long': 'it has a component longer than 255 bytes',
  'trailing-dot-or-space': 'it has a component that ends with a dot or a space',
  'device-name': 'it has a component that names a device on Windows',
  'alternate-stream': 'it names an alternate data stream',
  'reserved-name': 'it has a component that Lockstep reserves for itself (".lockstep")',
};

/**
 * Brands a path that is safe to join under a folder's root on every platform: relative, POSIX, NFC, without `..`.
 * Whether a symbolic link stands in its way only the disk can say. Throws PATH_INVALID with details `{path, rule}`.
 */
export function parsePath(input: unknown): SyncPath {
  const rule = typeof input === 'string' ? brokenPathRule(input) : 'not-text';
  if (rule === null) return input as SyncPath;
  const path = showText(input);
  throw new SyncError('PATH_INVALID', `Refused the path "${path}": ${explanations[rule]}. Rename the file.`, {
    details: { path, rule },
  });
}

/** True when `parsePath` takes it. */
export function isSyncPath(input: unknown): input is SyncPath {
  return typeof input === 'string' && brokenPathRule(input) === null;
}
