import { showText } from '@lockstep/core';
import type { Request } from 'express';

/**
 * The address of a client, for the log; behind a proxy it is right when the app sets `trust proxy`. With `trust proxy` set to true it is
 * whatever text the client sent as `x-forwarded-for`.
 */
export function clientOf(req: Request): string {
  return showText(req.ip ?? req.socket.remoteAddress ?? 'an unknown address', 64);
}
