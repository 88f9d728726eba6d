import { SyncError } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import type { PageToken } from './page-token.js';

/** Admits a request to change something only from our own page: same origin, and with the page's token. */
export function allowChange(token: PageToken): RequestHandler {
  return (req, _res, next) => {
    const body: unknown = req.body;
    const field = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
    if (!isSameOrigin(req)) {
      next(
        new SyncError(
          'RIGHT_MISSING',
          'A page of another site asked this monitor for a change. Use the buttons of the monitor itself.',
        ),
      );
    } else if (!token.accepts(req.headers['x-lockstep-token'] ?? field)) {
      next(
        new SyncError(
          'RIGHT_MISSING',
          'The request lacks the token of the page (x-lockstep-token). Load the page again.',
        ),
      );
    } else {
      next();
    }
  };
}

/**
 * What the browser itself says (`Sec-Fetch-Site`) counts first: behind a proxy the host name of the request need not be
 * the one in the address bar. Programs send neither header; they need the token all the same.
 */
function isSameOrigin(req: Request): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = req.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === req.headers.host;
}
