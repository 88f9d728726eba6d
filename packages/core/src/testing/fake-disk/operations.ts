import type { FileKind } from '../../ports/disk.js';
import { changeNames, find, type Found } from './names.js';
import type { FileNode, Node } from './node.js';
import { failure, markChanged, newDirectory, newFile, setBytes, type Volume } from './volume.js';

/** What stands at this path; null when it or a parent is missing. */
export function lookUp(volume: Volume, operation: string, path: string): Node | null {
  try {
    return find(volume, operation, path).node;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** A file that is to be there; a link gives PATH_THROUGH_LINK. */
export function existingFile(volume: Volume, operation: string, path: string): FileNode {
  const { node } = find(volume, operation, path);
  if (node === null) throw failure('NOT_FOUND', operation, path);
  if (node.kind === 'symlink') throw failure('PATH_THROUGH_LINK', operation, path);
  if (node.kind !== 'file') throw failure('PATH_BLOCKED', operation, path);
  return node;
}

/** The names in a directory. */
export function namesIn(volume: Volume, path: string): { name: string; kind: FileKind }[] | null {
  const node = lookUp(volume, 'list', path);
  if (node === null) return null;
  if (node.kind !== 'directory') throw failure('PATH_BLOCKED', 'list', path);
  if ((node.mode & 0o444) === 0) throw failure('NOT_PERMITTED', 'list', path);
  return [...node.names].map(([name, { kind }]) => ({ name, kind }));
}

/** Makes an empty file that must not exist. */
export function createFile(volume: Volume, path: string): FileNode {
  const file = newFile(volume, 0o600);
  nameNode(volume, freeName(volume, 'create', path), file);
  return file;
}

/** Moves a name, replacing what stands at the other as the kernel would. */
export function renameNode(volume: Volume, from: string, to: string): void {
  const source = find(volume, 'rename', from);
  const target = find(volume, 'rename', to);
  const { node } = source;
  if (node === null) throw failure('NOT_FOUND', 'rename', from);
  if (target.node === node) return;
  const replaced = target.node;
  if (replaced !== null && (replaced.kind === 'directory') !== (node.kind === 'directory')) {
    throw failure('PATH_BLOCKED', 'rename', to);
  }
  if (replaced?.kind === 'directory' && replaced.names.size > 0) throw failure('PATH_BLOCKED', 'rename', to);
  const dirty = node.kind === 'file' && node.dirty;
  changeNames(volume, {
    parts: [
      { directory: target.directory, name: target.name, node },
      { directory: source.directory, name: source.name, node: null },
    ],
  });
  if (node.kind === 'file') node.dirty = dirty;
}

/** Gives a file a second name. */
export function linkNode(volume: Volume, from: string, to: string): void {
  const { node } = find(volume, 'link', from);
  if (node === null) throw failure('NOT_FOUND', 'link', from);
  if (node.kind === 'directory') throw failure('NOT_PERMITTED', 'link', from);
  const dirty = node.kind === 'file' && node.dirty;
  nameNode(volume, freeName(volume, 'link', to), node);
  markChanged(volume, node);
  if (node.kind === 'file') node.dirty = dirty;
}

/** Copies a file to a new one. */
export function copyNode(volume: Volume, from: string, to: string): void {
  const source = existingFile(volume, 'copy', from);
  setBytes(volume, createFile(volume, to), source.bytes);
}

/** Removes a name that is no directory; false when it is missing. */
export function unlinkNode(volume: Volume, path: string): boolean {
  const found = find(volume, 'remove', path);
  if (found.node === null) return false;
  if (found.node.kind === 'directory') throw failure('PATH_BLOCKED', 'remove', path);
  nameNode(volume, found, null);
  return true;
}

/** Makes a directory; false when something stands there. */
export function makeDirectory(volume: Volume, path: string, mode: number): boolean {
  const found = find(volume, 'make', path);
  if (found.node !== null) return false;
  nameNode(volume, found, newDirectory(volume, mode));
  return true;
}

/** Removes an empty directory; false when it is missing or not empty. */
export function removeDirectory(volume: Volume, path: string): boolean {
  const found = find(volume, 'remove', path);
  if (found.node === null) return false;
  if (found.node.kind !== 'directory') throw failure('PATH_BLOCKED', 'remove', path);
  if (found.node.names.size > 0) return false;
  nameNode(volume, found, null);
  return true;
}

/** Puts a node behind a name, or takes the name away. */
export function nameNode(volume: Volume, { directory, name }: Found, node: Node | null): void {
  changeNames(volume, { parts: [{ directory, name, node }] });
}

function freeName(volume: Volume, operation: string, path: string): Found {
  const found = find(volume, operation, path);
  if (found.node !== null) throw failure('PATH_BLOCKED', operation, path);
  return found;
}
