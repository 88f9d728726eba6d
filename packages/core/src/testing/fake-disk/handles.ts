import type { DiskDirectory, DiskReader, DiskWriter } from '../../ports/disk.js';
import { openPrefix, saveNames } from './names.js';
import { statNode, type DirectoryNode, type FileNode, type Node } from './node.js';
import { markChanged, nextNumber, saveFile, setBytes, type Volume } from './volume.js';

/** Runs a step of the disk; one that changes something is announced to the hook first. */
export interface Steps {
  readonly reading: <T>(step: () => T) => Promise<T>;
  readonly changing: <T>(operation: string, path: string, step: () => T) => Promise<T>;
}

/** Reads whatever the file holds at that moment, as a descriptor does. */
export function openFakeReader(steps: Steps, node: Node): DiskReader {
  const bytesOf = (): Uint8Array => (node.kind === 'file' ? node.bytes : new Uint8Array(0));
  return {
    stat: () => steps.reading(() => statNode(node)),
    read: (position, length, into) =>
      steps.reading(() => {
        const bytes = bytesOf().slice(position, position + Math.min(length, into?.length ?? length));
        into?.set(bytes);
        return into?.subarray(0, bytes.length) ?? bytes;
      }),
    close: () => steps.reading(() => undefined),
  };
}

/** Appends to a file. */
export function openFakeWriter(volume: Volume, steps: Steps, file: FileNode, path: string): DiskWriter {
  return {
    write: (bytes) =>
      steps.changing('write', path, () => {
        const all = new Uint8Array(file.bytes.length + bytes.length);
        all.set(file.bytes);
        all.set(bytes, file.bytes.length);
        setBytes(volume, file, all);
      }),
    setAttributes: (attributes) =>
      steps.changing('change', path, () => setAttributes(volume, file, attributes)),
    sync: () => steps.changing('sync', path, () => saveFile(file)),
    close: () => steps.reading(() => undefined),
  };
}

/** Holds a directory: its `path` reaches this very one, wherever its name leads by now. */
export function openFakeDirectory(volume: Volume, steps: Steps, directory: DirectoryNode): DiskDirectory {
  const number = String(nextNumber(volume));
  volume.openDirectories.set(number, directory);
  const path = `${openPrefix}${number}`;
  return {
    path,
    identity: () => steps.reading(() => `1:${directory.inode}`),
    isCurrent: () => Promise.resolve(true),
    sync: () => steps.changing('sync', path, () => saveNames(directory)),
    close: () => steps.reading(() => void volume.openDirectories.delete(number)),
  };
}

/** Sets mode and mtime. */
export function setAttributes(
  volume: Volume,
  node: Node,
  attributes: { mode: number; mtimeMs: number },
): void {
  node.mode = attributes.mode;
  node.mtimeMs = attributes.mtimeMs;
  markChanged(volume, node);
}
