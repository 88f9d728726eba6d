import { routes, showText, SyncError } from '@lockstep/core';
import { Router } from 'express';
import helmet from 'helmet';
import type { Parts } from '../parts.js';
import { contentRoute } from './content.js';
import { deleteRoute } from './delete.js';
import { healthRoute } from './health.js';
import { helloRoute } from './hello.js';
import { indexRoute } from './index-page.js';
import { offerRoute } from './offer.js';
import { routeOf } from './query.js';
import { createRoute } from './route.js';
import { statusRoute } from './status.js';
import { uploadRoute } from './upload.js';

/** All routes of a receiver, to be mounted at `/sync`. It ends every request that reaches it. */
export function createRouter(parts: Parts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  // Not for these routes to decide: HSTS would bind the whole host of the app, and its subdomains, to HTTPS.
  router.use(helmet({ strictTransportSecurity: false }), (_req, res, next) => {
    res.setHeader('cache-control', 'no-store');
    next();
  });
  router.get(routes.health, healthRoute(parts));
  router.get(routes.hello, helloRoute(parts));
  router.post(routes.offer, offerRoute(parts));
  router.post(routes.upload, uploadRoute(parts));
  router.delete(routes.delete, deleteRoute(parts));
  router.get(routes.index, indexRoute(parts));
  router.get(routes.content, contentRoute(parts));
  router.get(routes.status, statusRoute(parts));
  router.use(unknownRoute(parts));
  return router;
}

/** Only who proves an identity learns which routes exist. */
function unknownRoute(parts: Parts): ReturnType<typeof createRoute> {
  const refuse = (route: string): Promise<never> =>
    Promise.reject(
      new SyncError('NOT_FOUND', `There is no ${showText(route)} here: see the routes in docs/protocol.md.`),
    );
  return createRoute(
    parts,
    (_peer, req) => refuse(`${req.method} ${routeOf(req)}`),
    (req) => refuse(`${req.method} ${routeOf(req)}`),
  );
}
