import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSyncError, isSyncPath, showText } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import type { LockstepSync } from 'lockstep';
import multer, { MulterError } from 'multer';

const mostFiles = 20;
const waitForPeersMs = 2000;

/** What became of an upload. `everywhere` is false when a peer did not have it within two seconds. */
interface UploadAnswer {
  readonly saved: readonly string[];
  readonly everywhere: boolean;
  readonly ms: number;
}

/**
 * Takes the files of a form, puts each into the upload folder by a rename (so that nobody ever sees a part of it), waits up to two
 * seconds for the other servers to have them, and answers: JSON for a script, else back to the page.
 */
export function uploadRoute(
  sync: LockstepSync,
  { uploads, maxFileBytes }: { uploads: string; maxFileBytes: number },
): RequestHandler[] {
  const receive = multer({
    storage: multer.diskStorage({
      destination: (_request, _file, done) => {
        mkdir(uploads, { recursive: true }).then(
          () => done(null, uploads),
          (error: unknown) => done(asError(error), uploads),
        );
      },
      filename: (_request, _file, done) => done(null, `.incoming-${randomUUID()}.tmp`),
    }),
    limits: { fileSize: maxFileBytes, files: mostFiles },
    defParamCharset: 'utf8',
  }).array('file', mostFiles);

  return [
    (request, response, next) =>
      receive(request, response, (error: unknown) => {
        if (!(error instanceof MulterError)) return next(error);
        response.status(error.code === 'LIMIT_FILE_SIZE' ? 413 : 400).json({ message: error.message });
      }),
    async (request, response) => {
      const started = performance.now();
      const files = filesOf(request);
      const wrong = files.length === 0 ? 'Choose a file first.' : refusalOf(files);
      if (wrong !== null) {
        await Promise.all(files.map((file) => rm(file.path, { force: true })));
        return void response.status(400).json({ message: wrong });
      }
      const names = files.map(nameOf);
      for (const [index, file] of files.entries()) await rename(file.path, join(uploads, names[index] ?? ''));
      if (request.accepts(['html', 'json']) === 'html') return response.redirect(303, '/');
      const everywhere = await arrived(sync);
      const answer: UploadAnswer = { saved: names, everywhere, ms: Math.round(performance.now() - started) };
      response.status(201).json(answer);
    },
  ];
}

function filesOf(request: Request): readonly Express.Multer.File[] {
  return Array.isArray(request.files) ? request.files : [];
}

function refusalOf(files: readonly Express.Multer.File[]): string | null {
  const wrong = files
    .map(nameOf)
    .find((name) => name.includes('/') || name.startsWith('.') || !isSyncPath(name));
  return wrong === undefined
    ? null
    : `"${showText(wrong)}" cannot be a file name on every server. Rename it.`;
}

function nameOf(file: Express.Multer.File): string {
  return file.originalname.normalize('NFC');
}

async function arrived(sync: LockstepSync): Promise<boolean> {
  try {
    await sync.flush({ peers: 'all', timeoutMs: waitForPeersMs });
    return true;
  } catch (error) {
    if (isSyncError(error, 'TIMED_OUT')) return false;
    throw error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
