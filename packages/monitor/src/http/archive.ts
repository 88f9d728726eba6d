import { once } from 'node:events';
import { SyncError, type OpenContent, type Replica } from '@lockstep/core';
import type { RequestHandler, Response } from 'express';
import { archiveLine, archiveReasons, isArchiveReason } from '../view/archive-line.js';
import { nameWords } from '../view/words.js';
import { queryNumber, queryText, queryWord, recordNumber } from './query.js';

/** Bytes read at once for a download. */
const partBytes = 256 * 1024;

/** `GET /api/archive?reason&folder&offset&limit`: what was replaced, deleted or lost a conflict, newest first. */
export function answerArchive(replica: Replica): RequestHandler {
  return (req, res) => {
    const reason = queryWord(req, 'reason', isArchiveReason, Object.keys(archiveReasons));
    const folder = queryText(req, 'folder');
    const offset = queryNumber(req, 'offset', 0, { min: 0, max: 10_000_000 });
    const limit = queryNumber(req, 'limit', 50, { min: 1, max: 500 });
    const found = replica.index.archive.list({
      ...(reason === undefined ? {} : { reason }),
      ...(folder === '' ? {} : { folder }),
      offset,
      limit: limit + 1,
    });
    const rows = found.slice(0, limit);
    const next = found.length > limit ? offset + limit : null;
    res.json(queryText(req, 'view') === 'page' ? { rows: rows.map(archiveLine), next } : { rows, next });
  };
}

/** `GET /api/archive/:id/download`: the archived bytes, always as a download, never shown by the browser. */
export function downloadArchived(replica: Replica): RequestHandler {
  return async (req, res) => {
    const id = recordNumber(req);
    const row = replica.index.archive.get(id);
    if (!row)
      throw new SyncError(
        'NOT_FOUND',
        `There is no archived version ${id}. It may have left the archive by age.`,
      );
    const content = await replica.openArchived(id);
    try {
      res.attachment(nameWords(row.path.slice(row.path.lastIndexOf('/') + 1)));
      res.set({
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(content.size),
        'Content-Security-Policy': "default-src 'none'; sandbox",
      });
      if (req.method === 'HEAD') res.end();
      else await sendContent(content, res);
    } finally {
      await content.close();
    }
  };
}

async function sendContent(content: OpenContent, res: Response): Promise<void> {
  for (let position = 0; position < content.size && !res.destroyed;) {
    const part = await content.read(position, Math.min(partBytes, content.size - position));
    if (part.byteLength === 0) {
      res.destroy();
      return;
    }
    position += part.byteLength;
    // The part is only valid until the next read, and a response keeps what it was given.
    if (!res.write(Buffer.from(part))) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
}
