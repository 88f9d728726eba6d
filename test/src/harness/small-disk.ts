import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file system of its own, small enough to be filled. */
export interface SmallDisk {
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  clear(): Promise<void>;
  unmount(): void;
}

/** Mounts a tmpfs of this size over a directory; null where this user may not. The caller owes `unmount`. */
export async function mountSmallDisk(directory: string, megabytes: number): Promise<SmallDisk | null> {
  await mkdir(directory, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory];
  if (spawnSync('mount', options).status !== 0) return null;
  const ballast = join(directory, 'ballast');
  return {
    async fill() {
      for (let bytes = 1 << 20; bytes >= 4_096; bytes >>= 1) await append(ballast, Buffer.alloc(bytes));
    },
    clear: () => rm(ballast, { force: true }),
    unmount: () => void spawnSync('umount', ['-l', directory]),
  };
}

/** Until the disk is full. */
async function append(file: string, bytes: Uint8Array): Promise<void> {
  for (;;) {
    try {
      await writeFile(file, bytes, { flag: 'a' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
      throw error;
    }
  }
}
