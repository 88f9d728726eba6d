import { saveNames } from './names.js';
import { find, findThrough } from './names.js';
import type { DirectoryNode, FileNode, Node, OtherNode } from './node.js';
import { lookUp, makeDirectory, nameNode, renameNode } from './operations.js';
import { markChanged, newFile, newOther, saveFile, setBytes, type Volume } from './volume.js';

/** What a user shows of a file. */
export interface UserFile {
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly mtimeMs: number;
}

/**
 * What people and programs beside Lockstep do to the disk: at once, past the hook, durable, parents made as needed, links followed.
 */
export interface DiskUser {
  /** Writes a file: a new one under its name (as editors do), or into the old one with `inPlace`. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    how?: { mode?: number; mtimeMs?: number; inPlace?: boolean },
  ): void;
  /** The content; null when there is no such file. */
  readFile(path: string): Uint8Array | null;
  readText(path: string): string | null;
  /** Removes a file, or a directory with all that is in it; nothing when it is missing. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  mkdir(path: string): void;
  symlink(target: string, path: string): void;
  special(kind: Exclude<OtherNode['kind'], 'symlink'>, path: string): void;
  chmod(path: string, mode: number): void;
  setMtime(path: string, mtimeMs: number): void;
  /** Every file below a directory, by path relative to it. */
  files(path: string): Map<string, UserFile>;
  /** Every directory below a directory, by path relative to it. */
  directories(path: string): string[];
}

/** See `DiskUser`. */
export function createDiskUser(volume: Volume): DiskUser {
  function saveAround(path: string): void {
    saveNames(find(volume, 'save', path).directory);
  }

  function mkdir(path: string): void {
    let at = '';
    for (const name of path.split('/').slice(1)) {
      at += `/${name}`;
      if (lookUp(volume, 'make', at) === null) makeDirectory(volume, at, 0o755);
      // Also one that somebody else has just made: the user's files are durable with all that leads to them.
      saveAround(at);
    }
  }

  function put(path: string, node: Node): void {
    mkdir(path.slice(0, path.lastIndexOf('/')));
    nameNode(volume, find(volume, 'create', path), node);
    saveAround(path);
  }

  function fileAt(path: string): FileNode | null {
    const { node } = findThrough(volume, 'read', path);
    return node?.kind === 'file' ? node : null;
  }

  function required(path: string): FileNode | DirectoryNode {
    const node = lookUp(volume, 'change', path);
    if (node === null || (node.kind !== 'file' && node.kind !== 'directory')) {
      throw new RangeError(`There is no file or directory at "${path}" on the fake disk.`);
    }
    return node;
  }

  function change(path: string, apply: (node: FileNode | DirectoryNode) => void): void {
    const node = required(path);
    apply(node);
    markChanged(volume, node);
    if (node.kind === 'file') saveFile(node);
  }

  function readFile(path: string): Uint8Array | null {
    return lookUp(volume, 'read', path) === null ? null : (fileAt(path)?.bytes ?? null);
  }

  return {
    writeFile: (path, content, { mode = 0o644, mtimeMs, inPlace = false } = {}) => {
      const old = inPlace && lookUp(volume, 'write', path) !== null ? fileAt(path) : null;
      const file = old ?? newFile(volume, mode);
      if (old === null) put(path, file);
      setBytes(volume, file, typeof content === 'string' ? new TextEncoder().encode(content) : content);
      if (mtimeMs !== undefined) file.mtimeMs = mtimeMs;
      saveFile(file);
    },
    readFile,
    readText: (path) => {
      const bytes = readFile(path);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    },
    remove: (path) => {
      if (lookUp(volume, 'remove', path) === null) return;
      nameNode(volume, find(volume, 'remove', path), null);
      saveAround(path);
    },
    rename: (from, to) => {
      mkdir(to.slice(0, to.lastIndexOf('/')));
      renameNode(volume, from, to);
      saveAround(to);
    },
    mkdir,
    symlink: (target, path) => put(path, newOther(volume, 'symlink', target)),
    special: (kind, path) => put(path, newOther(volume, kind, '')),
    chmod: (path, mode) => change(path, (node) => (node.mode = mode)),
    setMtime: (path, mtimeMs) => change(path, (node) => (node.mtimeMs = mtimeMs)),
    files: (path) => {
      const files = new Map<string, UserFile>();
      for (const [at, node] of below(volume, path)) if (node.kind === 'file') files.set(at, node);
      return files;
    },
    directories: (path) =>
      [...below(volume, path)].filter(([, node]) => node.kind === 'directory').map(([at]) => at),
  };
}

function* below(volume: Volume, path: string): Generator<[string, Node]> {
  const top = lookUp(volume, 'list', path);
  if (top?.kind !== 'directory') return;
  const ahead: [string, DirectoryNode][] = [['', top]];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const [prefix, directory] = next;
    for (const [name, node] of directory.names) {
      yield [`${prefix}${name}`, node];
      if (node.kind === 'directory') ahead.push([`${prefix}${name}/`, node]);
    }
  }
}
