import { maxEntriesPerRequest, toWire, type IndexPage } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import type { Peer } from '../access/authenticate.js';
import type { Parts } from '../parts.js';
import { queryOf, wholeNumber } from './query.js';
import { createRoute } from './route.js';

/** `GET /index?since=N&limit=M`: rows with a sequence above `since`, ascending, of the folders that the peer may read. */
export function indexRoute(parts: Parts): RequestHandler {
  return createRoute(parts, (peer, req) =>
    Promise.resolve().then(() => ({ status: 200, body: pageOf(parts, peer, req) })),
  );
}

function pageOf(parts: Parts, peer: Peer, req: Request): IndexPage {
  const { replica, rights } = parts.options;
  const query = queryOf(req);
  const since = wholeNumber(query, 'since', { absent: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  const limit = wholeNumber(query, 'limit', {
    absent: maxEntriesPerRequest,
    min: 1,
    max: maxEntriesPerRequest,
  });
  const rows = replica.index.after(since, limit);
  const next = rows.length === limit ? (rows.at(-1)?.sequence ?? null) : null;
  const readable = rows.filter(({ entry }) => rights.has(peer.node, entry.folder, 'read'));
  return { indexId: replica.index.indexId, entries: readable.map(({ entry }) => toWire(entry)), next };
}
