import { stat } from 'node:fs/promises';
import type { Replica } from '@lockstep/core';

/**
 * Tells one root from the next at the same place: what the replica knows of it, and its time of birth, since a directory that is
 * deleted and made anew mostly gets the same inode. Null when it is missing.
 */
export async function rootIdentity(replica: Replica, folder: string): Promise<string | null> {
  const identity = await replica.rootIdentity(folder);
  if (identity === null) return null;
  try {
    const { birthtimeNs } = await stat(replica.rootOf(folder), { bigint: true });
    return `${identity}:${birthtimeNs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
