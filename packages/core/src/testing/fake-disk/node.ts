import type { DiskStat, FileKind } from '../../ports/disk.js';

interface NodeBase {
  readonly inode: number;
  mode: number;
  mtimeMs: number;
  /** When anything of it was last changed, as text that differs from one change to the next. */
  ctime: string;
  /** How many names it has. */
  links: number;
}

/** A file, with what a power cut would leave of it. */
export interface FileNode extends NodeBase {
  readonly kind: 'file';
  bytes: Uint8Array;
  /** Content and attributes as they were made durable last; null when they never were. */
  saved: SavedFile | null;
  dirty: boolean;
}

/** The durable state of a file. */
export interface SavedFile {
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly mtimeMs: number;
}

/** A directory, with the changes of its names that a power cut may undo. */
export interface DirectoryNode extends NodeBase {
  readonly kind: 'directory';
  readonly names: Map<string, Node>;
  readonly savedNames: Map<string, Node>;
  readonly pending: NameChange[];
}

/** A link or a special file. */
export interface OtherNode extends NodeBase {
  readonly kind: Exclude<FileKind, 'file' | 'directory'>;
  /** Where a link leads. */
  readonly target: string;
}

/** What stands behind a name. */
export type Node = FileNode | DirectoryNode | OtherNode;

/** One change of names that happens as a whole; a rename has two parts. */
export interface NameChange {
  readonly parts: readonly {
    readonly directory: DirectoryNode;
    readonly name: string;
    readonly node: Node | null;
  }[];
}

/** What `Disk.stat` shows of a node. */
export function statNode(node: Node): DiskStat {
  const size = node.kind === 'file' ? node.bytes.length : 0;
  const { kind, mode, mtimeMs, inode } = node;
  const stamp = `${size}:${mtimeMs}:${node.ctime}:${inode}`;
  return { kind, size, mode, mtimeMs, stamp, inode: String(inode), device: '1' };
}
