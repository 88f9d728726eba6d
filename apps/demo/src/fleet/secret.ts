import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The fleet's shared secret: kept beside the members (0600), so that it outlives a restart. */
export async function fleetSecret(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'secret');
  const made = randomBytes(32).toString('hex');
  try {
    await writeFile(file, made, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return readFile(file, 'utf8');
  }
}
