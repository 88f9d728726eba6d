import type { ErrorCode } from '../../model/error-catalogue.js';
import { SyncError } from '../../model/error.js';
import type { Clock } from '../../ports/clock.js';
import type { SeededRandom } from '../seeded-random.js';
import type { DirectoryNode, FileNode, Node, OtherNode } from './node.js';

/** One step of the disk that changes something, as the hook of a simulation sees it. */
export interface WriteStep {
  readonly operation: string;
  /** The path that was given: absolute, or below an open directory. */
  readonly path: string;
}

/** How a fake disk behaves. */
export interface FakeDiskOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Bytes that fit; unlimited by default. */
  readonly capacityBytes?: number;
  /** Changes within this time leave the same ctime, as on older kernels. By default every change is told apart. */
  readonly ctimeGranularityMs?: number;
}

/** The state behind a fake disk. */
export interface Volume {
  readonly options: FakeDiskOptions;
  readonly root: DirectoryNode;
  readonly openDirectories: Map<string, DirectoryNode>;
  usedBytes: number;
  capacityBytes: number;
  /** Counts changes, inodes and open directories, so that all of them are told apart. */
  counter: number;
  /** After a crash nobody reaches it any more. */
  dead: boolean;
  onWrite: ((step: WriteStep) => void) | null;
}

/** An empty volume. */
export function createVolume(options: FakeDiskOptions): Volume {
  const root = emptyDirectory(1, 0o755, options.clock.now());
  return {
    options,
    root,
    openDirectories: new Map(),
    usedBytes: 0,
    capacityBytes: options.capacityBytes ?? Number.POSITIVE_INFINITY,
    counter: 1,
    dead: false,
    onWrite: null,
  };
}

/** A directory without names. */
export function emptyDirectory(inode: number, mode: number, nowMs: number): DirectoryNode {
  const names = { names: new Map<string, Node>(), savedNames: new Map<string, Node>(), pending: [] };
  return { kind: 'directory', inode, mode, mtimeMs: nowMs, ctime: String(nowMs), links: 1, ...names };
}

/** A new node of the volume; it has no name yet. */
export function newDirectory(volume: Volume, mode: number): DirectoryNode {
  return { ...emptyDirectory(nextNumber(volume), mode, volume.options.clock.now()), links: 0 };
}

/** A new, empty file without a name. */
export function newFile(volume: Volume, mode: number): FileNode {
  const inode = nextNumber(volume);
  const mtimeMs = volume.options.clock.now();
  const content = { bytes: new Uint8Array(0), saved: null, dirty: true };
  return { kind: 'file', inode, mode, mtimeMs, ctime: nextCtime(volume), links: 0, ...content };
}

/** A new link or special file without a name. */
export function newOther(volume: Volume, kind: OtherNode['kind'], target: string): OtherNode {
  const mtimeMs = volume.options.clock.now();
  return {
    kind,
    inode: nextNumber(volume),
    mode: 0o777,
    mtimeMs,
    ctime: nextCtime(volume),
    links: 0,
    target,
  };
}

/** A number that was not given before. */
export function nextNumber(volume: Volume): number {
  volume.counter += 1;
  return volume.counter;
}

/** The ctime of a change made now, in ns. */
export function nextCtime(volume: Volume): string {
  const nowMs = volume.options.clock.now();
  const granularityMs = volume.options.ctimeGranularityMs;
  if (granularityMs !== undefined) return inNanoseconds(Math.floor(nowMs / granularityMs) * granularityMs);
  return inNanoseconds(nowMs, nextNumber(volume));
}

function inNanoseconds(ms: number, more = 0): string {
  return String(BigInt(Math.trunc(ms)) * 1_000_000n + BigInt(more));
}

/** Sets a file's content; DISK_FULL when it does not fit, and then as much of it as fits. */
export function setBytes(volume: Volume, file: FileNode, bytes: Uint8Array): void {
  const room = volume.capacityBytes - volume.usedBytes + file.bytes.length;
  const fitting = bytes.length <= room ? bytes : bytes.subarray(0, Math.max(room, 0));
  volume.usedBytes += fitting.length - file.bytes.length;
  file.bytes = fitting.slice();
  file.mtimeMs = volume.options.clock.now();
  markChanged(volume, file);
  if (fitting !== bytes) throw failure('DISK_FULL', 'write', 'file');
}

/** Notes that content or attributes of a file changed and are not durable. */
export function markChanged(volume: Volume, node: Node): void {
  node.ctime = nextCtime(volume);
  if (node.kind === 'file') node.dirty = true;
}

/** Makes a file's content and attributes durable. */
export function saveFile(file: FileNode): void {
  file.saved = { bytes: file.bytes, mode: file.mode, mtimeMs: file.mtimeMs };
  file.dirty = false;
}

/** A failure as the real disk words it. */
export function failure(code: ErrorCode, operation: string, path: string): SyncError {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new SyncError(code, `Could not ${operation} "${name}" (${code}): mend the disk.`, {
    details: { operation, name },
  });
}
