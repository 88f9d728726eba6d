import { isSyncError, signAnswer, headers as names, SyncError } from '@lockstep/core';
import type { Request, Response } from 'express';
import type { Caller } from '../access/authenticate.js';
import type { Parts } from '../parts.js';
import { finishUnread } from './unread-body.js';

/** What a route answers: JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Seconds a client should wait, by status. */
const retryAfter: Readonly<Partial<Record<number, string>>> = { 429: '1', 503: '5', 507: '30' };

/** Sends JSON; a peer's answer is signed, so that nobody between can pretend that a change arrived. */
export function sendJson(
  parts: Parts,
  req: Request,
  res: Response,
  answer: Answer,
  caller: Caller | null,
): void {
  if (res.headersSent || res.destroyed) return;
  const body = Buffer.from(JSON.stringify(answer.body));
  res.statusCode = answer.status;
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('content-length', body.length);
  const wait = retryAfter[answer.status];
  if (wait !== undefined) res.setHeader('retry-after', wait);
  if (caller?.by === 'signature') {
    const { secret, nonce } = caller;
    res.setHeader(names.answer, signAnswer({ secret, nonce, status: answer.status, body }));
  }
  finishUnread(req, res, body, parts.options.clock);
}

/** Sends a failure as `{code, message, details}`; one that is not of the catalogue is logged and answered as INTERNAL. */
export function sendFailure(
  parts: Parts,
  req: Request,
  res: Response,
  failure: unknown,
  caller: Caller | null,
): void {
  const error = isSyncError(failure) ? failure : internal(parts, req, failure);
  parts.tally.failed(null, error.code);
  if (error.status === 401) res.setHeader('www-authenticate', 'Lockstep');
  if (error.code === 'TIMED_OUT') res.setHeader('connection', 'close');
  sendJson(parts, req, res, { status: error.status, body: error }, caller);
}

function internal(parts: Parts, req: Request, cause: unknown): SyncError {
  const message = `Failed to answer ${req.method} of a peer: see the log of this server.`;
  parts.options.log.error('The receiver failed unexpectedly', { method: req.method, error: cause });
  return new SyncError('INTERNAL', message, { cause });
}
