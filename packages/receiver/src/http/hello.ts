import { bodyEncodings, protocolVersion, type Hello } from '@lockstep/core';
import type { RequestHandler } from 'express';
import type { Parts } from '../parts.js';
import { createRoute } from './route.js';

/** `GET /hello`: who this is and how far its index has come. */
export function helloRoute(parts: Parts): RequestHandler {
  return createRoute(parts, () => Promise.resolve({ status: 200, body: helloOf(parts) }));
}

function helloOf({ options }: Parts): Hello {
  const { replica, release, clock } = options;
  return {
    protocol: protocolVersion,
    release,
    node: replica.node,
    indexId: replica.index.indexId,
    lastSequence: replica.index.lastSequence(),
    liveDigest: replica.index.liveDigest(),
    folders: replica.folders,
    maxFileBytes: replica.maxFileBytes,
    nowMs: clock.now(),
    encodings: bodyEncodings,
    fresh: replica.index.isFresh,
  };
}
