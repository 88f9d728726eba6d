import type { RequestHandler, Response } from 'express';
import type { Feed } from '../live/feed.js';
import type { Frame } from '../live/frame.js';
import { queryText } from './query.js';
import { refuseForNow } from './refusal.js';

/** Browsers that may look at once. */
const maxClients = 50;

/** `GET /api/events`: the status (or, with `view=page`, the page in words) at every change, as server-sent events. */
export function streamEvents(feed: Feed<Frame>): RequestHandler {
  return (req, res, next) => {
    if (feed.size >= maxClients) {
      next(
        refuseForNow(
          res,
          'TOO_MANY_REQUESTS',
          `${maxClients} pages are open already. Close one, or wait.`,
          10,
        ),
      );
      return;
    }
    const inWords = queryText(req, 'view') === 'page';
    res.status(200).set({
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.flushHeaders();
    res.write('retry: 2000\n\n');
    const end = feed.subscribe(
      (frame) => send(res, inWords ? frame.pageJson : frame.json),
      () => res.end(),
    );
    res.on('close', end);
  };
}

/** A client that reads slowly misses states in between: each one is complete. */
function send(res: Response, json: string): void {
  if (res.writableNeedDrain || res.writableEnded) return;
  res.write(`data: ${json}\n\n`);
}
