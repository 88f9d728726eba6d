import type { Request } from 'express';

/** The address of a client, for the log; behind a proxy it is right when the app sets `trust proxy`. */
export function clientOf(req: Request): string {
  return req.ip ?? req.socket.remoteAddress ?? 'an unknown address';
}
