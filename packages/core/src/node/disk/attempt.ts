import { diskError, type DiskOperation } from './disk-error.js';

/** Runs one synchronous call of the file system as an answer of the port; its failure is translated here, once. */
export function attempt<T>(operation: DiskOperation, path: string, action: () => T): Promise<T> {
  try {
    return Promise.resolve(action());
  } catch (error) {
    return Promise.reject(diskError(operation, path, error));
  }
}
