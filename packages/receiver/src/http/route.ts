import { showText, SyncError, type ErrorCode } from '@lockstep/core';
import type { Request, RequestHandler, Response } from 'express';
import { authenticate, type Caller, type Peer } from '../access/authenticate.js';
import type { Parts } from '../parts.js';
import { clientOf } from './client.js';
import { routeOf } from './query.js';
import { sendFailure, sendJson, type Answer } from './answer.js';

/** Answers one request; null when it has written its answer itself. */
export type PeerHandler = (peer: Peer, req: Request, res: Response) => Promise<Answer | null>;
export type ScriptHandler = (req: Request, res: Response) => Promise<Answer>;

/** Limits are counted by a peer's name; all scripts together have as much as one peer (no node id contains a space). */
export const scriptShare = 'upload token';

/** A route for peers only, or with a `script` handler also for the plain form with the upload token. */
export function createRoute(parts: Parts, peer: PeerHandler, script?: ScriptHandler): RequestHandler {
  return (req, res) => {
    void answerRequest(parts, req, res, async (caller) => {
      if (caller.by === 'signature') return peer(caller, req, res);
      if (script) return script(req, res);
      throw new SyncError(
        'AUTH_REQUIRED',
        'Refused the upload token: this route is for peers that sign their requests.',
      );
    });
  };
}

const strangers: ReadonlySet<ErrorCode> = new Set([
  'AUTH_REQUIRED',
  'SIGNATURE_INVALID',
  'SIGNATURE_EXPIRED',
  'NONCE_REUSED',
]);

async function answerRequest(
  parts: Parts,
  req: Request,
  res: Response,
  handle: (caller: Caller) => Promise<Answer | null>,
): Promise<void> {
  let caller: Caller | null = null;
  try {
    if (parts.isClosed())
      throw new SyncError('CLOSED', 'Refused a request: this server is shutting down. Try again later.');
    caller = authenticate(parts, { method: req.method, route: req.url, headers: req.headers });
    const answer = await inSlot(
      parts.slots.enter(caller.by === 'signature' ? caller.node : scriptShare),
      res,
      handle(caller),
    );
    if (answer) sendJson(parts, req, res, answer, caller);
  } catch (error) {
    if (isGone(req, res)) {
      parts.options.log.debug('A client went away before its request was answered', {
        method: req.method,
        error,
      });
      return;
    }
    noteFailure(parts, req, error);
    sendFailure(parts, req, res, error, caller);
  }
}

/**
 * Gives the slot back when both the work and the answer have ended: a client that hangs up makes no room for its next request while
 * this server still works on the one before.
 */
async function inSlot<T>(leave: () => void, res: Response, work: Promise<T>): Promise<T> {
  const closed = new Promise<void>((resolve) => {
    if (res.destroyed) resolve();
    else res.once('close', () => resolve());
  });
  try {
    return await work;
  } finally {
    void closed.then(leave);
  }
}

function isGone(req: Request, res: Response): boolean {
  return res.destroyed || (req.destroyed && !req.complete);
}

/** Answers of everyday work: not worth a line each. */
const everyday: ReadonlySet<ErrorCode> = new Set(['TOO_MANY_REQUESTS', 'CLOSED', 'NOT_FOUND']);

function noteFailure(parts: Parts, req: Request, error: unknown): void {
  if (!(error instanceof SyncError)) return;
  const { log } = parts.options;
  const line = `Refused ${req.method} ${showText(routeOf(req))}: ${error.message}`;
  const fields = { code: error.code, ...error.details };
  if (strangers.has(error.code)) parts.refusals.refused(clientOf(req), error);
  else if (everyday.has(error.code)) log.debug(line, fields);
  else log.warn(line, fields);
}
