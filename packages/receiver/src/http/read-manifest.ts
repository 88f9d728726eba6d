import { type ParsedManifest } from '@lockstep/core';
import type { Request } from 'express';
import type { Peer } from '../access/authenticate.js';
import { acceptManifest } from '../intake/accept-manifest.js';
import type { Parts } from '../parts.js';
import { readBody } from './read-body.js';

/** The manifest that is a request's whole body, proved by the signature. */
export async function readManifest(parts: Parts, peer: Peer, req: Request): Promise<ParsedManifest> {
  const body = await readBody(parts, req);
  return acceptManifest(parts, peer, body);
}
