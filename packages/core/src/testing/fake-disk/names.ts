import type { DirectoryNode, NameChange, Node } from './node.js';
import { failure, markChanged, nextCtime, type Volume } from './volume.js';

/** Paths below an open directory begin with this and its number, as those below `/proc/self/fd` do. */
export const openPrefix = '/\0open/';

/** Links followed before the disk takes it for a loop. */
const maxLinks = 40;

/** Where a path leads: the directory that holds (or would hold) the name, and what stands there. */
export interface Found {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: Node | null;
}

/**
 * Finds a name. Links among the parents are followed, as a kernel does; one at the end is not. A missing parent gives
 * NOT_FOUND, one that is no directory PATH_BLOCKED.
 */
export function find(volume: Volume, operation: string, path: string, links = 0): Found {
  const { start, components } = split(volume, operation, path);
  const name = components.pop() ?? '.';
  let directory = start;
  for (const [at, component] of components.entries()) {
    const node = directory.names.get(component);
    if (node === undefined) throw failure('NOT_FOUND', operation, path);
    if (node.kind === 'symlink') {
      if (links >= maxLinks) throw failure('PATH_THROUGH_LINK', operation, path);
      return find(volume, operation, [node.target, ...components.slice(at + 1), name].join('/'), links + 1);
    }
    if (node.kind !== 'directory') throw failure('PATH_BLOCKED', operation, path);
    directory = node;
  }
  return { directory, name, node: name === '.' ? directory : (directory.names.get(name) ?? null) };
}

/** The same, following a link at the end. */
export function findThrough(volume: Volume, operation: string, path: string): Found {
  let found = find(volume, operation, path);
  for (let links = 0; found.node?.kind === 'symlink' && links < maxLinks; links += 1) {
    found = find(volume, operation, found.node.target);
  }
  return found;
}

function split(
  volume: Volume,
  operation: string,
  path: string,
): { start: DirectoryNode; components: string[] } {
  if (!path.startsWith('/')) throw new RangeError(`The fake disk takes absolute paths only, not "${path}".`);
  if (!path.startsWith(openPrefix)) return { start: volume.root, components: partsOf(path) };
  const [number = '', ...rest] = path.slice(openPrefix.length).split('/');
  const start = volume.openDirectories.get(number);
  if (start === undefined) throw failure('STORAGE_FAILED', operation, path);
  return { start, components: rest.filter((part) => part !== '') };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** Carries out a change of names; it stays pending until its directories are flushed. */
export function changeNames(volume: Volume, change: NameChange): void {
  // A directory that was removed lives on while it is open, but nothing can be made in it.
  const removed = change.parts.find(({ directory, node }) => node !== null && directory.links === 0);
  if (removed !== undefined) throw failure('NOT_FOUND', 'create', removed.name);
  for (const { directory, name, node } of change.parts) {
    const before = directory.names.get(name);
    if (before !== undefined) dropName(volume, before);
    if (node === null) directory.names.delete(name);
    else {
      directory.names.set(name, node);
      node.links += 1;
    }
    directory.mtimeMs = volume.options.clock.now();
    directory.ctime = nextCtime(volume);
  }
  for (const directory of directoriesOf(change)) directory.pending.push(change);
}

function dropName(volume: Volume, node: Node): void {
  node.links -= 1;
  if (node.links === 0 && node.kind === 'file') volume.usedBytes -= node.bytes.length;
  if (node.links === 0 && node.kind === 'directory') {
    for (const child of node.names.values()) dropName(volume, child);
    node.names.clear();
  }
  const dirty = node.kind === 'file' && node.dirty;
  markChanged(volume, node);
  // Its content and attributes are as durable as before.
  if (node.kind === 'file') node.dirty = dirty;
}

/** Makes every pending change of a directory durable. */
export function saveNames(directory: DirectoryNode): void {
  for (let next = directory.pending[0]; next !== undefined; next = directory.pending[0]) saveChange(next);
}

/** Makes one change durable, and what came before it in the same directories. */
export function saveChange(change: NameChange): void {
  const directories = directoriesOf(change);
  for (const directory of directories) {
    for (
      let first = directory.pending[0];
      first !== undefined && first !== change;
      first = directory.pending[0]
    ) {
      saveChange(first);
    }
  }
  for (const { directory, name, node } of change.parts) {
    if (node === null) directory.savedNames.delete(name);
    else directory.savedNames.set(name, node);
  }
  for (const directory of directories) directory.pending.shift();
}

function directoriesOf(change: NameChange): Set<DirectoryNode> {
  return new Set(change.parts.map(({ directory }) => directory));
}
