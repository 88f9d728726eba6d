import type { RequestHandler } from 'express';
import type { Parts } from '../parts.js';

/** `GET /health`: 200 or 503 and nothing else, without authentication, for a load balancer. */
export function healthRoute(parts: Parts): RequestHandler {
  return (_req, res) => {
    const healthy = !parts.isClosed() && parts.options.ready();
    if (!healthy) res.setHeader('retry-after', '5');
    res.statusCode = healthy ? 200 : 503;
    res.end();
  };
}
