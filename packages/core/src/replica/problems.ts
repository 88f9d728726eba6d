import type { ErrorCode } from '../model/error-catalogue.js';
import { keyOf, type FileKey } from '../model/path.js';
import type { Parts } from './parts.js';

/** Tells of a file that cannot be observed: once until it is solved. */
export function reportProblem(parts: Parts, file: FileKey, code: ErrorCode, message: string): void {
  if (parts.problems.has(keyOf(file))) return;
  parts.problems.set(keyOf(file), { folder: file.folder, path: file.path });
  parts.log.warn(`Cannot synchronise ${file.path} (base_folder: ${file.folder}): ${message}`, { code });
  parts.events.emit('problem', { folder: file.folder, path: file.path, code, message });
}

/** The file was read, or is gone. */
export function solveProblem(parts: Parts, file: FileKey): void {
  if (parts.problems.delete(keyOf(file))) {
    parts.events.emit('solved', { folder: file.folder, path: file.path });
  }
}
