import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DiskUser, UserFile } from './fake-disk.js';

/** What people and programs beside Lockstep do to a real disk. */
export const nodeDiskUser: DiskUser = {
  writeFile: (path, content, { mode = 0o644, mtimeMs, inPlace = false } = {}) => {
    mkdirSync(dirname(path), { recursive: true });
    const at = inPlace ? path : `${path}.saving`;
    writeFileSync(at, content);
    if (!inPlace) chmodSync(at, mode);
    if (mtimeMs !== undefined) utimesSync(at, new Date(mtimeMs), new Date(mtimeMs));
    if (!inPlace) renameSync(at, path);
  },
  readFile,
  readText: (path) => readFile(path)?.toString() ?? null,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  rename: (from, to) => {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  },
  mkdir: (path) => void mkdirSync(path, { recursive: true }),
  symlink: (target, path) => symlinkSync(target, path),
  special: (kind, path) => {
    if (kind !== 'fifo') throw new RangeError(`Tests make pipes only, not a ${kind}.`);
    execFileSync('mkfifo', [path]);
  },
  chmod: (path, mode) => chmodSync(path, mode),
  setMtime: (path, mtimeMs) => utimesSync(path, new Date(mtimeMs), new Date(mtimeMs)),
  files: (path) =>
    new Map(below(path, '').flatMap(([at, file]) => (file === null ? [] : [[at, file] as const]))),
  directories: (path) => below(path, '').flatMap(([at, file]) => (file === null ? [at] : [])),
};

function readFile(path: string): Buffer | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : null;
}

/** Files, and directories as null. */
function below(root: string, prefix: string): [string, UserFile | null][] {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap(
    (entry): [string, UserFile | null][] => {
      const at = `${prefix}${entry.name}`;
      if (entry.isDirectory()) return [[at, null], ...below(root, `${at}/`)];
      if (!entry.isFile()) return [];
      const stat = lstatSync(join(root, at));
      return [
        [at, { bytes: readFileSync(join(root, at)), mode: stat.mode & 0o777, mtimeMs: stat.mtime.getTime() }],
      ];
    },
  );
}
