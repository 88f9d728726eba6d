import type { RequestHandler } from 'express';
import { applyManifest } from '../intake/apply-manifest.js';
import { tellParts } from '../intake/offer-parts.js';
import type { Parts } from '../parts.js';
import { readManifest } from './read-manifest.js';
import { createRoute } from './route.js';

/** `POST /offer`: entries without bytes. Tombstones and changes of metadata are applied; what is new here is wanted. */
export function offerRoute(parts: Parts): RequestHandler {
  return createRoute(parts, async (peer, req) => {
    const manifest = await readManifest(parts, peer, req);
    const answer = await applyManifest(parts, peer, manifest);
    return { status: 200, body: await tellParts(parts, peer, manifest, answer) };
  });
}
