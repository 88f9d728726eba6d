import { SyncError, showText } from '@lockstep/core';
import express, { Router, type RequestHandler } from 'express';
import type { Collector } from '../collect/collector.js';
import type { Feed } from '../live/feed.js';
import type { Frame } from '../live/frame.js';
import type { ResolvedOptions } from '../options.js';
import { runAction } from './actions.js';
import { answerActivity } from './activity.js';
import { allowChange } from './allow-change.js';
import { answerArchive, downloadArchived } from './archive.js';
import { authenticate } from './authenticate.js';
import { streamEvents } from './events.js';
import { answerFiles } from './files.js';
import { answerMetrics } from './metrics.js';
import { createPageToken } from './page-token.js';
import { answerPage } from './page.js';
import { releaseHold, restoreArchived, restoreHold } from './recover.js';
import { reportFailure } from './report-failure.js';
import { securityHeaders } from './security-headers.js';
import { staticFiles } from './static-files.js';
import { answerStatus } from './status.js';

/** What the routes need. */
export interface RouterParts {
  readonly options: ResolvedOptions;
  readonly collector: Collector;
  readonly feed: Feed<Frame>;
}

/** All routes of the monitor, to be mounted at `/sync-monitor`. Everything is authenticated first. */
export function createRouter({ options, collector, feed }: RouterParts): Router {
  const { replica, sender, log, password } = options;
  const token = createPageToken(() => replica.index.indexId, password);
  const router = Router();
  router.use(securityHeaders(), authenticate(options));
  router.use('/static', staticFiles());
  router.get('/', answerPage({ replica, sender, collector, token }));
  router.get('/api/status', answerStatus(collector));
  router.get('/api/events', streamEvents(feed));
  router.get('/api/activity', answerActivity(replica));
  router.get('/api/files', answerFiles(replica, sender));
  router.get('/api/archive', answerArchive(replica));
  router.get('/api/archive/:id/download', downloadArchived(replica));
  router.get('/metrics', answerMetrics(collector));

  const change = [
    express.urlencoded({ extended: false, limit: '2kb' }),
    allowChange(token),
    tellAfterwards(feed),
  ];
  router.post('/api/actions/:action', change, runAction(sender, log));
  router.post('/api/holds/:id/release', change, releaseHold(replica, log));
  router.post('/api/holds/:id/restore', change, restoreHold(sender, log));
  router.post('/api/archive/:id/restore', change, restoreArchived(replica, log));

  router.use((req) => {
    throw new SyncError(
      'NOT_FOUND',
      `The monitor has no ${req.method} ${showText(req.path)}. Begin at its page.`,
    );
  });
  router.use(reportFailure(log));
  return router;
}

/** Who looks sees at once what a button did. */
function tellAfterwards(feed: Feed<Frame>): RequestHandler {
  return (_req, res, next) => {
    res.on('finish', () => feed.change());
    next();
  };
}
