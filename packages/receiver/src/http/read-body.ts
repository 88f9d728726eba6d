import { SyncError } from '@lockstep/core';
import type { Request } from 'express';
import type { Readable } from 'node:stream';
import type { Parts } from '../parts.js';
import { packingOf, unpack } from '../intake/unpack-body.js';
import { watchBody } from './watch-body.js';

/**
 * The whole body of a JSON request, unpacked. Throws REQUEST_TOO_LARGE before more than the limit is kept, TIMED_OUT for a client that stops
 * sending, REQUEST_MALFORMED when a body parser of the app has eaten it.
 */
export async function readBody(parts: Parts, req: Request): Promise<Buffer> {
  const { maxManifestBytes: max } = parts.options.limits;
  if (Number(req.headers['content-length'] ?? 0) > max) throw tooLarge(max);
  if (req.readableEnded) return parsedEarlier(req.body);
  const packing = packingOf(req, max);
  const watch = watchBody(req, parts.options);
  try {
    return await Promise.race([collect(packing ? unpack(req, packing) : req, max), watch.timedOut]);
  } finally {
    watch.stop();
  }
}

function collect(body: Readable, max: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= max) chunks.push(chunk);
      else reject(tooLarge(max));
    });
    body.once('end', () => resolve(Buffer.concat(chunks)));
    body.once('error', reject);
    body.once('close', () => reject(new Error('The client went away')));
  });
}

/**
 * An app that mounts `express.json()` before Lockstep leaves a parsed object. Written as JSON again it has the bytes that were signed
 * when a peer wrote it, and the digest proves so.
 */
function parsedEarlier(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (typeof body === 'object' && body !== null) return Buffer.from(JSON.stringify(body));
  throw new SyncError(
    'REQUEST_MALFORMED',
    'Refused a body that another parser has read: mount Lockstep before the body parsers of the app.',
  );
}

function tooLarge(max: number): SyncError {
  return new SyncError(
    'REQUEST_TOO_LARGE',
    `Refused a body of more than ${max} bytes: send fewer entries in one request.`,
    {
      details: { maxBytes: max },
    },
  );
}
