import { isSyncError, SyncError, type Log } from '@lockstep/core';
import type { ErrorRequestHandler } from 'express';
import { answerRefusal } from './refusal.js';

/** Answers every failure of the monitor's routes from the catalogue; an unknown one is logged and told as INTERNAL. */
export function reportFailure(log: Log): ErrorRequestHandler {
  // Express knows a handler of failures by its four parameters.
  return (error: unknown, req, res, _next) => {
    if (res.headersSent) {
      log.warn('Monitor broke off an answer', { error });
      res.destroy();
    } else {
      answerRefusal(req, res, translate(error, log));
    }
  };
}

function translate(error: unknown, log: Log): SyncError {
  if (isSyncError(error)) return error;
  if (isClientError(error)) {
    return new SyncError('REQUEST_MALFORMED', 'The request could not be read. Send what the page sends.', {
      cause: error,
    });
  }
  log.error('Monitor failed to answer', { error });
  return new SyncError('INTERNAL', 'The monitor failed to answer. The log of this server says why.', {
    cause: error,
  });
}

/** An error of Express or its body parser about what the client sent. */
function isClientError(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}
