import type { ErrorCode } from '../model/error-catalogue.js';
import { isSyncError } from '../model/error.js';

/** A failure as data: the answer of one file among many. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Turns a failure of the catalogue into data; anything else is a defect and is thrown on. */
export function problemOf(error: unknown): Problem {
  if (isSyncError(error)) return { code: error.code, message: error.message };
  throw error;
}

/** What `action` gives, or its failure as data. */
export async function trying<T, F>(
  action: () => Promise<T>,
  failed: (problem: Problem) => F,
): Promise<T | F> {
  try {
    return await action();
  } catch (error) {
    return failed(problemOf(error));
  }
}
