import { open, type FileHandle } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Options of `safeStatic`. */
export interface SafeStaticOptions {
  /** The file of a directory, `index.html`; `false` for none. */
  readonly index?: string | false;
  /** `Cache-Control: max-age`, in ms. Default: 0. */
  readonly maxAgeMs?: number;
}

/** Errors that mean "no such file here", as `express.static` sees them. */
const absent = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

/**
 * Serves files like `express.static`, but each answer is of one version of the file: the file is opened first, and headers and body
 * come from that descriptor. `express.static` looks at a path and opens it again by its name; when a new version is renamed into
 * place in between, it sends the old ETag with a cut or hanging body. Needs Linux (`/proc/self/fd`); elsewhere it serves as
 * `express.static` does. Hidden files and everything that is no regular file go on to the next handler.
 */
export function safeStatic(root: string, options: SafeStaticOptions = {}): RequestHandler {
  const { index = 'index.html', maxAgeMs = 0 } = options;

  return (request, response, next) => {
    const path = request.method === 'GET' || request.method === 'HEAD' ? pathOf(request) : null;
    if (path === null) return next();
    const isDirectory = path.endsWith('/');
    if (isDirectory && index === false) return next();
    const file = join(root, isDirectory ? `${path}${index}` : path);
    serve(file, { request, response, next, maxAge: maxAgeMs }).catch(next);
  };
}

interface Serving {
  readonly request: Request;
  readonly response: Response;
  readonly next: NextFunction;
  readonly maxAge: number;
}

async function serve(file: string, { request, response, next, maxAge }: Serving): Promise<void> {
  const handle = await openFile(file);
  if (handle === null) return next();
  try {
    const found = await handle.stat();
    if (found.isDirectory() && !request.path.endsWith('/')) {
      const { pathname, search } = new URL(request.originalUrl, 'http://host');
      return response.redirect(301, `${pathname.replace(/^\/+/, '/')}/${search}`);
    }
    if (!found.isFile()) return next();
    if (!response.hasHeader('Content-Type')) response.type(extname(file) || 'application/octet-stream');
    const source = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : file;
    await send(response, source, maxAge);
  } finally {
    await handle.close();
  }
}

/** Resolves when the answer is out or its reader has gone. */
function send(response: Response, source: string, maxAge: number): Promise<void> {
  return new Promise((resolve, reject) => {
    response.sendFile(source, { dotfiles: 'allow', maxAge }, (error: unknown) => {
      if (error instanceof Error && !response.headersSent) reject(error);
      else resolve();
    });
  });
}

async function openFile(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && absent.has(String(error.code))) return null;
    throw error;
  }
}

/** The path below the root, with a slash in front; null for one that cannot name a visible file. */
function pathOf(request: Request): string | null {
  const path = decode(request.path);
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const parts = path.split('/');
  return parts.some((part) => part.startsWith('.')) ? null : path;
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
