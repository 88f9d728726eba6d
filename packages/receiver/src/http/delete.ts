import { parsePath, SyncError, type FileKey } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import { applyManifest } from '../intake/apply-manifest.js';
import { knownFolder } from '../intake/known-folder.js';
import type { Parts } from '../parts.js';
import type { Answer } from './answer.js';
import { clientOf } from './client.js';
import { queryOf } from './query.js';
import { readBody } from './read-body.js';
import { readManifest } from './read-manifest.js';
import { createRoute } from './route.js';

/** `DELETE /delete`: entries of deleted paths from a peer, or the plain form of a script. */
export function deleteRoute(parts: Parts): RequestHandler {
  return createRoute(
    parts,
    async (peer, req) => {
      const manifest = await readManifest(parts, peer, req);
      return { status: 200, body: await applyManifest(parts, peer, manifest, { only: 'deleted' }) };
    },
    (req) => deletePlain(parts, req),
  );
}

async function deletePlain(parts: Parts, req: Request): Promise<Answer> {
  const { replica, log } = parts.options;
  const { folder, path } = await readTarget(parts, req);
  const tombstone = await replica.remove({ folder, path });
  if (!tombstone) {
    throw new SyncError('NOT_FOUND', `Deleted nothing: there is no file "${path}" in "${folder}".`, {
      details: { base_folder: folder, path },
    });
  }
  parts.tally.ok('delete');
  log.info(`Deleted ${path} on behalf of ${clientOf(req)} (base_folder: ${folder})`);
  return { status: 200, body: { base_folder: folder, path, deleted: true } };
}

/** `base_folder` and `path` from the query, or from a JSON body. */
async function readTarget(parts: Parts, req: Request): Promise<FileKey> {
  const query = queryOf(req);
  const body = await readBody(parts, req);
  const fields: unknown =
    body.length > 0 ? parseBody(body) : { base_folder: query.get('base_folder'), path: query.get('path') };
  const isObject = typeof fields === 'object' && fields !== null;
  const folder: unknown = isObject && 'base_folder' in fields ? fields.base_folder : null;
  const path: unknown = isObject && 'path' in fields ? fields.path : null;
  if (typeof folder !== 'string' || typeof path !== 'string') {
    throw new SyncError(
      'REQUEST_MALFORMED',
      'Deleted nothing: give base_folder and path, as JSON or in the query.',
      {
        details: { field: typeof folder === 'string' ? 'path' : 'base_folder' },
      },
    );
  }
  return { folder: knownFolder(parts, folder), path: parsePath(path) };
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new SyncError(
      'REQUEST_MALFORMED',
      `Deleted nothing: the body of ${body.length} bytes is not JSON.`,
      { cause },
    );
  }
}
