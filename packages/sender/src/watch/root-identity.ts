import { stat } from 'node:fs/promises';

/**
 * Tells one root from the next at the same place: device, inode, and time of birth, since a directory that is deleted and made anew
 * mostly gets the same inode. Null when it is missing. Asked every second: it must cost next to nothing.
 */
export async function rootIdentity(root: string): Promise<string | null> {
  try {
    const { dev, ino, birthtimeNs } = await stat(root, { bigint: true });
    return `${dev}:${ino}:${birthtimeNs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export type RootIdentity = typeof rootIdentity;
