import { errorCatalogue, type ErrorCode } from './error-catalogue.js';

/** Values that explain an error: no secret, no absolute path. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Every failure that is not an expected outcome. Its code decides HTTP status, retry and remedy (`errorCatalogue`). */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /** @param message what was attempted, with which value, and what to do */
  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }

  /** What travels: never a stack, a cause or an absolute path. */
  toJSON(): { code: ErrorCode; message: string; details: ErrorDetails } {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/** True for an error of this catalogue, with this code when one is given. */
export function isSyncError(error: unknown, code?: ErrorCode): error is SyncError {
  return error instanceof SyncError && (code === undefined || error.code === code);
}
