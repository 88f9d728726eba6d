import { parsePath, SyncError, type FileKey, type LiveEntry, type OpenContent } from '@lockstep/core';
import type { Request, RequestHandler, Response } from 'express';
import type { Peer } from '../access/authenticate.js';
import { rightMissing } from '../access/rights.js';
import { knownFolder } from '../intake/known-folder.js';
import type { Parts } from '../parts.js';
import { parseRange, type ByteRange } from './byte-range.js';
import { queryOf } from './query.js';
import { createRoute } from './route.js';

/** How much is read and sent at a time. */
const partBytes = 256 * 1024;

/**
 * `GET /content?base_folder=&path=`: a file's bytes, whole or one range. The ETag is its digest. A file that changes while it is sent
 * breaks the connection before its last byte, so that nobody takes a mixture of two versions for one.
 */
export function contentRoute(parts: Parts): RequestHandler {
  return createRoute(parts, async (peer, req, res) => {
    const entry = findEntry(parts, peer, req);
    const headers = { etag: `"${entry.digest}"`, 'accept-ranges': 'bytes' };
    if (req.headers['if-none-match'] === headers.etag) {
      res.writeHead(304, headers).end();
      return null;
    }
    const { 'if-range': ifRange = headers.etag, range: header } = req.headers;
    const range = parseRange(ifRange === headers.etag ? header : undefined, entry.size);
    if (range === 'unsatisfiable') {
      res.setHeader('content-range', `bytes */${entry.size}`);
      return { status: 416, body: unsatisfiable(entry.size) };
    }
    await sendContent(parts, req, res, { entry, range, headers });
    return null;
  });
}

function findEntry(parts: Parts, peer: Peer, req: Request): LiveEntry {
  const query = queryOf(req);
  const folder = knownFolder(parts, query.get('base_folder') ?? '');
  const file: FileKey = { folder, path: parsePath(query.get('path') ?? '') };
  const { replica, rights } = parts.options;
  if (!rights.has(peer.node, folder, 'read')) throw rightMissing(peer.node, folder, 'read');
  const entry = replica.index.get(file)?.entry;
  if (entry?.state === 'live') return entry;
  throw new SyncError('NOT_FOUND', `There is no file "${file.path}" in "${folder}" here.`, {
    details: { base_folder: folder, path: file.path },
  });
}

interface Sending {
  readonly entry: LiveEntry;
  readonly range: ByteRange | null;
  readonly headers: Readonly<Record<string, string | number>>;
}

async function sendContent(parts: Parts, req: Request, res: Response, sending: Sending): Promise<void> {
  const { entry, range, headers } = sending;
  const content = await parts.options.replica.openContent(entry);
  if (!content) {
    throw new SyncError('CHANGED_MEANWHILE', `"${entry.path}" changed and was not observed yet: ask again.`, {
      details: { base_folder: entry.folder, path: entry.path },
    });
  }
  const { start, end } = range ?? { start: 0, end: entry.size };
  const begin = (): void => {
    if (res.headersSent) return;
    res.writeHead(range ? 206 : 200, {
      ...headers,
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${entry.size}` }),
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-length': end - start,
    });
  };
  await sendRange(res, content, { start, end: req.method === 'HEAD' ? start : end }, begin);
}

/** The last part waits until the file is known to be unchanged. */
async function sendRange(
  res: Response,
  content: OpenContent,
  { start, end }: ByteRange,
  begin: () => void,
): Promise<void> {
  let last: Uint8Array | null = null;
  let position = start;
  let closed = false;
  try {
    while (position < end && !res.destroyed) {
      if (last) {
        begin();
        if (!res.write(last)) await drained(res);
      }
      // A copy: the view is valid only until the next read.
      last = Uint8Array.from(await content.read(position, Math.min(partBytes, end - position)));
      if (last.length === 0) break;
      position += last.length;
    }
    closed = true;
    const { changed } = await content.close();
    begin();
    if (changed || position < end) res.destroy();
    else res.end(last ?? undefined);
  } catch (error) {
    if (!closed) await content.close();
    if (!res.headersSent) throw error;
    res.destroy();
  }
}

function drained(res: Response): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      res.off('drain', go);
      res.off('close', go);
      resolve();
    };
    res.once('drain', go);
    res.once('close', go);
  });
}

function unsatisfiable(size: number): SyncError {
  return new SyncError('REQUEST_MALFORMED', `Refused a range outside of the ${size} bytes of the file.`, {
    details: { size },
  });
}
