import { showText, SyncError, type ErrorCode } from '@lockstep/core';
import type { Request, Response } from 'express';
import multer from 'multer';
import type { Readable } from 'node:stream';
import { BrokenBody, createByteReader, type ByteReader } from './byte-reader.js';
import { freeMemory } from './free-memory.js';
import { packingOf, unpack } from './unpack-body.js';

/** What to do with a multipart body. */
export interface MultipartPlan {
  /** Name of the part that carries bytes; it may stand once. */
  readonly fileField: string;
  readonly maxFields: number;
  readonly maxFieldBytes: number;
  readonly maxFileBytes: number;
  /** Bytes of the whole body once it is unpacked; null when it must not be packed. */
  readonly maxUnpackedBytes: number | null;
  /** What it is called when there are more bytes. */
  readonly tooManyBytes: 'FILE_TOO_LARGE' | 'REQUEST_TOO_LARGE';
  /** Takes the bytes as they come, with the fields that came before; must read them to their end or throw. */
  take(fields: Fields, reader: ByteReader): Promise<void>;
}

/** The text fields of a form by name. One that stood twice is a list. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a multipart body through multer, handing its bytes on without keeping them, and gives all its fields. Settles only when
 * `take` has. Throws what `take` throws, REQUEST_MALFORMED, REQUEST_TOO_LARGE, FILE_TOO_LARGE, or BrokenBody when the client went away.
 */
export async function readMultipart(req: Request, res: Response, plan: MultipartPlan): Promise<Fields> {
  const body = bodyOf(req, plan);
  let taking: Promise<void> = Promise.resolve();
  const storage: multer.StorageEngine = {
    _handleFile(request, file, done) {
      // Called in an async function: what it throws at once must not reach multer's event handlers, where it would end the process.
      taking = (async () => plan.take(fieldsOf(request), readerOf(body, file.stream)))();
      taking.then(
        () => done(null, {}),
        (error: unknown) => done(error),
      );
    },
    // What was staged is discarded by whoever called, in one go.
    _removeFile: (_request, _file, done) => done(null),
  };
  const limits = {
    ...{ files: 1, fields: plan.maxFields, fieldSize: plan.maxFieldBytes, fileSize: plan.maxFileBytes },
    ...{ fieldNameSize: 100, fieldNestingDepth: 0, headerPairs: 20 },
  };
  const middleware = multer({ storage, limits }).single(plan.fileField);
  const failure = await new Promise<unknown>((resolve) => {
    middleware(body, res, (error?: unknown) => resolve(error ?? null));
  });
  const [outcome] = await Promise.allSettled([taking]);
  if (outcome.status === 'rejected' && !(outcome.reason instanceof BrokenBody)) throw outcome.reason;
  if (failure !== null) throw translate(failure, req, plan);
  return fieldsOf(body);
}

/** The request, or one with the same headers whose body is unpacked: all that multer looks at, and its reading holds the client back. */
function bodyOf(req: Request, { maxUnpackedBytes }: MultipartPlan): Request {
  const packing = packingOf(req, maxUnpackedBytes);
  if (packing === null) return req;
  return Object.assign(unpack(req, packing), { headers: req.headers, body: {} }) as unknown as Request;
}

/** Memory is used anew as soon as its bytes are taken, unless somebody else in the app listens to the body and may keep it. */
function readerOf(body: Request, stream: Readable): ByteReader {
  const isRead = body.listenerCount('data') > 1;
  return isRead ? createByteReader(stream) : createByteReader(stream, freeMemory);
}

function fieldsOf(req: Request): Fields {
  const body: unknown = req.body;
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function codeOf({ code }: multer.MulterError, { tooManyBytes }: MultipartPlan): ErrorCode {
  if (code === 'LIMIT_FILE_SIZE') return tooManyBytes;
  return code === 'LIMIT_FIELD_VALUE' ? 'REQUEST_TOO_LARGE' : 'REQUEST_MALFORMED';
}

function translate(failure: unknown, req: Request, plan: MultipartPlan): Error {
  if (failure instanceof SyncError) return failure;
  const message = showText(failure instanceof Error ? failure.message : String(failure));
  if (failure instanceof multer.MulterError) {
    const code = codeOf(failure, plan);
    const field = showText(failure.field ?? '');
    return new SyncError(
      code,
      `Refused a multipart body at the part "${field}": ${message}. See docs/protocol.md.`,
      {
        details: { field },
        cause: failure,
      },
    );
  }
  if (req.destroyed && !req.complete) return new BrokenBody('The client went away', { cause: failure });
  return new SyncError('REQUEST_MALFORMED', `Refused a body that is no well-formed multipart: ${message}.`, {
    cause: failure,
  });
}
