import { join } from 'node:path';
import ejs from 'ejs';
import type { ErrorRequestHandler, Express, NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { ejsInvalidator, safeStatic, type LockstepSync } from 'lockstep';
import { createChangeStream } from './change-stream.js';
import { listUploads } from './list-uploads.js';
import { pageRoute } from './page-route.js';
import { uploadRoute } from './upload-route.js';

/** What ends with the site. */
export interface Site {
  close(): void;
}

/** The demo's own pages: they read the folders that Lockstep keeps, like those of any app. */
export function mountSite(app: Express, sync: LockstepSync): Site {
  const { root, maxFileBytes } = sync.configuration;
  const uploads = join(root, 'instance', 'uploads');
  const changes = createChangeStream();
  sync.on('recorded', changes.tell);
  sync.on('recorded', ejsInvalidator(ejs));

  app.engine('ejs', (file, model, done) => void ejs.renderFile(file, model, done));
  app.set('views', join(root, 'templates'));
  app.use(
    helmet({
      strictTransportSecurity: false,
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    }),
  );
  app.use('/static', safeStatic(join(root, 'static')));
  app.use('/uploads', sandboxed, safeStatic(uploads, { index: false }));
  app.get('/', pageRoute(sync, uploads));
  app.get('/api/files', async (_request, response) => {
    response.set('Cache-Control', 'no-store').json(await listUploads(uploads));
  });
  app.get('/api/changes', changes.route);
  app.post('/upload-file', uploadRoute(sync, { uploads, maxFileBytes }));
  app.use((_request, response) => void response.status(404).type('text').send('There is no such page.'));
  app.use(failed(sync));
  return { close: changes.close };
}

/** What people uploaded must not run as a page of this site. */
function sandboxed(_request: Request, response: Response, next: NextFunction): void {
  response.set(
    'Content-Security-Policy',
    "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
  );
  next();
}

/** Express knows an error handler by its four parameters. */
function failed(sync: LockstepSync): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    sync.log.error('A request failed', { url: request.originalUrl, error });
    if (response.headersSent) return next(error);
    response.status(500).type('text').send('Something went wrong. The log of this server tells more.');
  };
}
