import type { Replica } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import type { Collector } from '../collect/collector.js';
import type { SenderView } from '../sender-view.js';
import { activityLine } from '../view/activity-line.js';
import { fileLine } from '../view/file-line.js';
import { pageModel } from '../view/page.js';
import { activityOf } from './activity.js';
import { filesOf } from './files.js';
import type { PageToken } from './page-token.js';
import { queryText } from './query.js';

/** What the page is made of. */
export interface PageParts {
  readonly replica: Replica;
  readonly sender: SenderView;
  readonly collector: Collector;
  readonly token: PageToken;
}

/**
 * `GET /`: the page with its numbers in it, also without a script. `kind`, `text`, `before`, `folder`, `prefix` fill its two searches. The
 * template engine is loaded at the first one.
 */
export function answerPage({ replica, sender, collector, token }: PageParts): RequestHandler {
  return async (req, res) => {
    const { renderPage } = await import('../view/render-page.js');
    const status = collector.collect();
    const page = pageModel(status);
    const query = {
      kind: queryText(req, 'kind'),
      text: queryText(req, 'text'),
      folder: queryText(req, 'folder'),
      prefix: queryText(req, 'prefix'),
    };
    const filtered = query.kind !== '' || query.text !== '' || queryText(req, 'before') !== '';
    const history = activityOf(replica, req);
    const asked = req.query['prefix'] !== undefined;
    const found = asked ? await filesOf(replica, sender, req) : { files: [], more: false };
    const html = renderPage({
      page: filtered ? { ...page, activity: history.rows.map(activityLine) } : page,
      base: baseOf(req),
      token: token.value,
      folders: replica.folders,
      nowMs: status.atMs,
      query: { ...query, asked, filtered },
      olderId: history.next,
      found: { rows: found.files.map((file) => fileLine(file, replica.node)), more: found.more },
    });
    res.type('html').send(html);
  };
}

/** Where the page's own addresses begin, seen from the page: works with and without a slash, and behind a proxy's prefix. */
function baseOf(req: Request): string {
  const [path = ''] = req.originalUrl.split('?');
  return `./${path.endsWith('/') ? '' : `${path.slice(path.lastIndexOf('/') + 1)}/`}`;
}
