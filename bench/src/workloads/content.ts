import { randomFillSync } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Bytes that no compression and no guess makes smaller. */
export function freshBytes(size: number): Buffer {
  return randomFillSync(Buffer.allocUnsafe(size));
}

/** Writes a file, its folders as needed. */
export function put(root: string, path: string, bytes: Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Paths of `files` files, spread evenly over `folders` folders. */
export function spreadPaths(prefix: string, files: number, folders: number): string[] {
  const inFolder = Math.ceil(files / folders);
  return Array.from(
    { length: files },
    (_, n) => `${prefix}/folder-${Math.floor(n / inFolder)}/file-${n % inFolder}.html`,
  );
}

/** Fills a folder with files of this size; gives their paths. */
export function fill(root: string, paths: readonly string[], size: number): readonly string[] {
  for (const path of paths) put(root, path, freshBytes(size));
  return paths;
}

/** The same files with the same bytes and times in several roots, so that a tool finds them equal at its start. */
export function fillAlike(roots: readonly string[], paths: readonly string[], size: number): void {
  const then = new Date(Date.now() - 3_600_000);
  for (const path of paths) {
    const bytes = freshBytes(size);
    for (const root of roots) {
      put(root, path, bytes);
      utimesSync(join(root, path), then, then);
    }
  }
}

/** Copies a tree with `cp`, as an administrator would. */
export async function copyTree(from: string, to: string): Promise<void> {
  const [code] = (await once(spawn('cp', ['-r', from, to], { stdio: 'ignore' }), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Copying ${from} to ${to} with cp failed with exit code ${String(code)}.`);
}
