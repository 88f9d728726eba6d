import type { BigIntStats, Dirent, Stats } from 'node:fs';
import type { DiskStat, FileKind } from '../../ports/disk.js';

const nsPerSecond = 1_000_000_000n;

/** What the port shows of the system's `stat`. */
export function toDiskStat(stat: BigIntStats): DiskStat {
  return {
    kind: kindOf(stat) ?? 'device',
    size: Number(stat.size),
    mode: Number(stat.mode) & 0o777,
    mtimeMs: roundToMs(stat.mtimeNs),
    stamp: `${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.ino}`,
    inode: String(stat.ino),
    device: String(stat.dev),
  };
}

/** The kind of a directory entry or stat; null when the file system does not tell. */
export function kindOf(of: Dirent | Stats | BigIntStats): FileKind | null {
  if (of.isFile()) return 'file';
  if (of.isDirectory()) return 'directory';
  if (of.isSymbolicLink()) return 'symlink';
  if (of.isSocket()) return 'socket';
  if (of.isFIFO()) return 'fifo';
  if (of.isCharacterDevice() || of.isBlockDevice()) return 'device';
  return null;
}

/** Rounds in floating point as Node's `Stats.mtime` does, so that the index and an ETag name the same millisecond. */
function roundToMs(ns: bigint): number {
  return Math.round(Number(ns / nsPerSecond) * 1000 + Number(ns % nsPerSecond) / 1e6);
}
