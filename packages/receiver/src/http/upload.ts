import { SyncError, type LiveEntry } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import { packingOf } from '../intake/unpack-body.js';
import { takePlainUpload } from '../intake/take-plain-upload.js';
import { takeUpload } from '../intake/take-upload.js';
import type { Parts } from '../parts.js';
import { clientOf } from './client.js';
import { createRoute, scriptShare } from './route.js';
import { startStopwatch } from './stopwatch.js';
import { watchBody } from './watch-body.js';

/** `POST /upload`: contents of a peer with their manifest, or the plain form of a script. */
export function uploadRoute(parts: Parts): RequestHandler {
  return createRoute(
    parts,
    async (peer, req, res) => {
      const take = (): ReturnType<typeof takeUpload> => takeUpload(parts, peer, req, res);
      const stopwatch = startStopwatch(req, parts.options.clock);
      const answer = await inBudget(parts, peer.node, req, take);
      const busyMs = stopwatch.busyMs();
      return { status: 200, body: { ...answer, ...(busyMs !== undefined && { busyMs }) } };
    },
    async (req, res) => {
      const take = (): ReturnType<typeof takePlainUpload> => takePlainUpload(parts, req, res);
      const entry = await inBudget(parts, scriptShare, req, take);
      return { status: 201, body: reportPlain(parts, req, entry) };
    },
  );
}

/** Takes a body for which there is room: for what it has unpacked. One that does not say its length needs as much as the largest. */
async function inBudget<T>(parts: Parts, share: string, req: Request, take: () => Promise<T>): Promise<T> {
  refuseBody(parts, req);
  const { maxRequestBytes } = parts.options.limits;
  const declared = req.headers['content-length'];
  const packed = packingOf(req, maxRequestBytes);
  const bytes = packed?.plainLength ?? (declared === undefined ? maxRequestBytes : Number(declared));
  const giveBack = parts.bodies.take(share, bytes);
  const work = take();
  // The watch may answer before the work has thrown away what it staged.
  void work.then(giveBack, giveBack);
  return watched(parts, req, work);
}

function refuseBody(parts: Parts, req: Request): void {
  const { maxRequestBytes } = parts.options.limits;
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > maxRequestBytes) {
    throw new SyncError(
      'REQUEST_TOO_LARGE',
      `Refused an upload of ${declared} bytes: this server takes ${maxRequestBytes} at a time.`,
      {
        details: { bytes: declared, maxBytes: maxRequestBytes },
      },
    );
  }
  if (!/^multipart\/form-data *;/iu.test(req.headers['content-type'] ?? '')) {
    throw new SyncError(
      'REQUEST_MALFORMED',
      'Refused an upload that is not multipart/form-data: see docs/protocol.md.',
      {
        details: { field: 'content-type' },
      },
    );
  }
  if (req.readableEnded) {
    throw new SyncError(
      'REQUEST_MALFORMED',
      'Refused an upload that another parser has read: mount Lockstep before the parsers of the app.',
    );
  }
}

/** The work goes on to its own clean end when the watch answers first: the connection is cut, and what was staged is discarded. */
async function watched<T>(parts: Parts, req: Request, work: Promise<T>): Promise<T> {
  const watch = watchBody(req, parts.options);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, watch.timedOut]);
  } finally {
    watch.stop();
  }
}

function reportPlain(parts: Parts, req: Request, { folder, path, digest, size }: LiveEntry): object {
  parts.tally.ok('upload');
  parts.options.log.info(`Received ${path} from ${clientOf(req)} (base_folder: ${folder})`);
  return { base_folder: folder, path, digest, size };
}
