import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One uploaded file, for the page. */
export interface UploadedFile {
  readonly name: string;
  readonly href: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** The files in the upload folder, newest first; none while the folder does not exist. */
export async function listUploads(uploads: string): Promise<readonly UploadedFile[]> {
  const names = (await namesIn(uploads)).filter((name) => !name.startsWith('.'));
  const files = await Promise.all(names.map((name) => describe(uploads, name)));
  return files
    .filter((file) => file !== null)
    .sort((a, b) => b.mtimeMs - a.mtimeMs || compare(a.name, b.name));
}

async function namesIn(uploads: string): Promise<string[]> {
  try {
    return await readdir(uploads);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function describe(uploads: string, name: string): Promise<UploadedFile | null> {
  try {
    const found = await stat(join(uploads, name));
    if (!found.isFile()) return null;
    const href = `/uploads/${encodeURIComponent(name)}`;
    return { name, href, size: found.size, mtimeMs: found.mtime.getTime() };
  } catch (error) {
    if (isMissing(error)) return null; // deleted since it was listed
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
