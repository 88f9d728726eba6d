import { bodyEncodings, plainLengthHeader, showText, SyncError } from '@lockstep/core';
import type { Request } from 'express';
import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** No file that people serve packs better than this for long; a bomb does. */
const mostTimes = 100;

/** Up to here a body may be as dense as it likes, in bytes. */
const freeBytes = 1024 * 1024;

/** The body of a packed request and how long it says it is. */
export interface PackedBody {
  /** Its bytes unpacked, in bytes: claimed here, enforced by `unpack`. */
  readonly plainLength: number;
}

/**
 * How a body is packed; null when it is as it is. Throws ENCODING_REFUSED for a coding that is not taken, REQUEST_MALFORMED for a body that
 * does not say its length, REQUEST_TOO_LARGE when that is above `maxBytes`: all before a byte of it is read.
 */
export function packingOf(req: Pick<Request, 'headers'>, maxBytes: number | null): PackedBody | null {
  const coding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity') return null;
  if (maxBytes === null || !bodyEncodings.some((known) => known === coding)) throw refusedCoding(coding);
  const declared = req.headers[plainLengthHeader];
  const plainLength = typeof declared === 'string' && /^\d{1,15}$/u.test(declared) ? Number(declared) : null;
  if (plainLength === null) {
    throw new SyncError(
      'REQUEST_MALFORMED',
      `Refused a packed body that does not say its length: send ${plainLengthHeader}, see docs/protocol.md.`,
      { details: { field: plainLengthHeader } },
    );
  }
  if (plainLength > maxBytes) {
    throw new SyncError(
      'REQUEST_TOO_LARGE',
      `Refused a packed body of ${plainLength} bytes: this server takes ${maxBytes} at a time.`,
      { details: { bytes: plainLength, maxBytes } },
    );
  }
  return { plainLength };
}

/**
 * The bytes of a packed body, unpacked as they are read and never more than a few pieces ahead. The stream fails, and unpacks no further, with
 * REQUEST_TOO_LARGE at the first byte beyond the announced length, with ENCODING_REFUSED when the body is too dense, with REQUEST_MALFORMED
 * when it is not what it says. A client that goes away ends it too.
 */
export function unpack(req: Request, { plainLength }: PackedBody): Readable {
  const gunzip = createGunzip();
  const guard = createGuard(plainLength, () => gunzip.bytesWritten);
  const stop = (): void => {
    req.unpipe(gunzip);
    gunzip.destroy();
  };
  // Whoever reads it listens too, but may not have begun yet.
  guard.on('error', stop).once('close', stop);
  gunzip.on('error', (cause) => guard.destroy(notPacked(cause)));
  req.once('close', () => {
    if (!req.complete) guard.destroy(new Error('The client went away'));
  });
  req.pipe(gunzip).pipe(guard);
  return guard;
}

function createGuard(plainLength: number, packedBytes: () => number): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > plainLength) done(goesOn(plainLength));
      else if (length > freeBytes && length > packedBytes() * mostTimes) done(tooDense());
      else done(null, chunk);
    },
    flush(done) {
      done(length === plainLength ? null : endsEarly(plainLength, length));
    },
  });
}

function refusedCoding(coding: string): SyncError {
  return new SyncError(
    'ENCODING_REFUSED',
    `Refused a body packed as "${showText(coding, 40)}": this server unpacks ${bodyEncodings.join(', ')}, of peers only. Send it as it is.`,
    { details: { encoding: showText(coding, 40) } },
  );
}

function tooDense(): SyncError {
  return new SyncError(
    'ENCODING_REFUSED',
    `Refused a packed body that unpacks to more than ${mostTimes} times its bytes: send it as it is.`,
    { details: { mostTimes } },
  );
}

function goesOn(plainLength: number): SyncError {
  return new SyncError(
    'REQUEST_TOO_LARGE',
    `Refused a packed body that goes on beyond the ${plainLength} bytes that it announced.`,
    { details: { maxBytes: plainLength } },
  );
}

function endsEarly(plainLength: number, length: number): SyncError {
  return new SyncError(
    'REQUEST_MALFORMED',
    `Refused a packed body of ${length} bytes that announced ${plainLength}.`,
    { details: { field: plainLengthHeader } },
  );
}

function notPacked(cause: Error): SyncError {
  return new SyncError(
    'REQUEST_MALFORMED',
    'Refused a body that is not packed as it says, or is cut short: send it again.',
    { details: { field: 'content-encoding' }, cause },
  );
}
