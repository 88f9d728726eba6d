import type { DirectoryNode, FileNode, Node } from './node.js';
import { saveChange, saveNames } from './names.js';
import type { SeededRandom } from '../seeded-random.js';
import { createVolume, emptyDirectory, type Volume } from './volume.js';

/**
 * What a machine finds when it comes back. After a power cut each directory keeps some first part of the changes that
 * were not flushed, a rename as a whole or not at all; a file that was not flushed keeps its last durable content,
 * its new one, a part of it or nothing. Without a power cut (the process was killed) everything is kept.
 */
export function survive(volume: Volume, powerCut: boolean): Volume {
  const { random } = volume.options;
  volume.dead = true;
  for (const directory of directoriesBelow(volume.root)) {
    if (powerCut) saveSome(directory, random);
    else saveNames(directory);
  }
  const next = createVolume({ ...volume.options, random: random.fork(`life ${volume.counter}`) });
  next.counter = volume.counter;
  next.capacityBytes = volume.capacityBytes;
  const known = new Map<Node, Node>();
  for (const [name, node] of volume.root.savedNames)
    place(next.root, name, copyNode(node, known, random, powerCut));
  for (const node of known.values()) if (node.kind === 'file') next.usedBytes += node.bytes.length;
  return next;
}

function directoriesBelow(root: DirectoryNode): Set<DirectoryNode> {
  const all = new Set([root]);
  for (const directory of all) {
    const pending = directory.pending.flatMap(({ parts }) => parts.map(({ node }) => node));
    for (const node of [...directory.names.values(), ...directory.savedNames.values(), ...pending]) {
      if (node?.kind === 'directory') all.add(node);
    }
  }
  return all;
}

function saveSome(directory: DirectoryNode, random: SeededRandom): void {
  const last = directory.pending[random.below(directory.pending.length + 1) - 1];
  if (last !== undefined) saveChange(last);
}

function copyNode(node: Node, known: Map<Node, Node>, random: SeededRandom, powerCut: boolean): Node {
  const copied = known.get(node);
  if (copied !== undefined) return copied;
  if (node.kind === 'directory') {
    const directory = { ...emptyDirectory(node.inode, node.mode, node.mtimeMs), ctime: node.ctime, links: 0 };
    known.set(node, directory);
    for (const [name, child] of node.savedNames)
      place(directory, name, copyNode(child, known, random, powerCut));
    return directory;
  }
  const survivor = node.kind === 'file' ? copyFile(node, random, powerCut) : { ...node, links: 0 };
  known.set(node, survivor);
  return survivor;
}

function copyFile(file: FileNode, random: SeededRandom, powerCut: boolean): FileNode {
  const { bytes, mode, mtimeMs } = powerCut && file.dirty ? whatIsLeft(file, random) : file;
  return { ...file, bytes, mode, mtimeMs, links: 0, saved: { bytes, mode, mtimeMs }, dirty: false };
}

function whatIsLeft(
  file: FileNode,
  random: SeededRandom,
): { bytes: Uint8Array; mode: number; mtimeMs: number } {
  const { bytes, mode, mtimeMs, saved } = file;
  // Where only the attributes were changed the content is as durable as before.
  if (saved?.bytes === bytes) return random.chance(0.5) ? saved : file;
  switch (random.below(3)) {
    case 0:
      return saved ?? { bytes: new Uint8Array(0), mode, mtimeMs };
    case 1:
      return { bytes: bytes.subarray(0, random.below(bytes.length + 1)), mode, mtimeMs };
    default:
      return file;
  }
}

function place(directory: DirectoryNode, name: string, node: Node): void {
  node.links += 1;
  directory.names.set(name, node);
  directory.savedNames.set(name, node);
}
