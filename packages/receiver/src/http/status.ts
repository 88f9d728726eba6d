import type { RequestHandler } from 'express';
import type { Parts } from '../parts.js';
import { receiverStatus } from '../status.js';
import { createRoute } from './route.js';

/** `GET /status`: the full state of this server, for peers and tools that know the secret. */
export function statusRoute(parts: Parts): RequestHandler {
  return createRoute(parts, () => Promise.resolve().then(() => ({ status: 200, body: statusOf(parts) })));
}

function statusOf(parts: Parts): object {
  const { replica, release, clock, ready } = parts.options;
  const { index } = replica;
  return {
    node: replica.node,
    release,
    nowMs: clock.now(),
    ready: ready(),
    index: { indexId: index.indexId, lastSequence: index.lastSequence(), liveDigest: index.liveDigest() },
    folders: index.totals(),
    counters: replica.counters,
    archive: index.archive.totals(),
    holds: index.holds.list().map(({ paths, ...hold }) => ({ ...hold, paths: paths.length })),
    peers: index.peers.list().map((peer) => ({ ...peer, deferred: index.deferred.count(peer.name) })),
    receiver: receiverStatus(parts),
  };
}
