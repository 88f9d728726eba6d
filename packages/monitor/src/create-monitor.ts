import type { Router } from 'express';
import { createCollector } from './collect/collector.js';
import { createRouter } from './http/router.js';
import { changesOf } from './live/change-source.js';
import { createFeed } from './live/feed.js';
import { createFrame } from './live/frame.js';
import { resolveOptions, type MonitorOptions } from './options.js';
import type { MonitorStatus } from './status.js';

/** The live page of one server. */
export interface Monitor {
  /** To be mounted with `app.use('/sync-monitor', monitor.router)`. */
  readonly router: Router;
  /** Everything the page shows. */
  status(): MonitorStatus;
  /** Ends all live streams and measuring. Requests are still answered. */
  close(): void;
}

/** Without a change the page is refreshed this often, in ms: while changes wait their age grows before one's eyes. */
const waitingMs = 1_000;
const restingMs = 5_000;

/** Makes the page, its API and its metrics. Does nothing while nobody looks. Throws OPTION_INVALID. */
export function createMonitor(options: MonitorOptions): Monitor {
  const resolved = resolveOptions(options);
  const { replica, sender, clock } = resolved;
  const collector = createCollector(resolved);
  const feed = createFeed({
    clock,
    read: () => createFrame(collector.collect()),
    source: changesOf(replica, sender),
    longestMs: ({ status }) => (status.queue.changes > 0 ? waitingMs : restingMs),
  });
  return {
    router: createRouter({ options: resolved, collector, feed }),
    status: () => collector.collect(),
    close() {
      feed.close();
      collector.close();
    },
  };
}
