import { showText, SyncError } from '@lockstep/core';
import type { Request } from 'express';

/** The query of a request, read from its URL: the app may have set another query parser. */
export function queryOf(req: Request): URLSearchParams {
  return new URLSearchParams(req.url.split('?')[1] ?? '');
}

/** The route of a request below the mount point, without its query. */
export function routeOf(req: Request): string {
  return req.url.split('?')[0] ?? '/';
}

/** A whole number of the query within bounds. Throws REQUEST_MALFORMED. */
export function wholeNumber(
  query: URLSearchParams,
  name: string,
  bounds: { readonly absent: number; readonly min: number; readonly max: number },
): number {
  const text = query.get(name);
  if (text === null) return bounds.absent;
  const value = /^\d{1,16}$/u.test(text) ? Number(text) : NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw new SyncError(
    'REQUEST_MALFORMED',
    `Refused ${name} = "${showText(text)}": give a whole number from ${bounds.min} to ${bounds.max}.`,
    { details: { field: name } },
  );
}
