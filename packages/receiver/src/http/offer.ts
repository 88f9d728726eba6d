import type { RequestHandler } from 'express';
import { applyManifest } from '../intake/apply-manifest.js';
import type { Parts } from '../parts.js';
import { readManifest } from './read-manifest.js';
import { createRoute } from './route.js';

/** `POST /offer`: entries without bytes. Tombstones and changes of metadata are applied; what is new here is wanted. */
export function offerRoute(parts: Parts): RequestHandler {
  return createRoute(parts, async (peer, req) => {
    const manifest = await readManifest(parts, peer, req);
    return { status: 200, body: await applyManifest(parts, peer, manifest) };
  });
}
