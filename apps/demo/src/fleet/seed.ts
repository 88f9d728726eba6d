import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Member } from './member.js';

/** The small site that comes with the demo: the folders beside `dist/`. */
const site = join(import.meta.dirname, '..', '..');
const folders = ['instance', 'templates', 'static'];

/**
 * Makes the members' directories. On a fresh start the first one alone gets the site: the others receive it.
 * @returns the name of the member that got it, null when there was a site already
 */
export async function seedFleet(
  directory: string,
  members: readonly Member[],
  { fresh }: { fresh: boolean },
): Promise<string | null> {
  if (fresh) await rm(directory, { recursive: true, force: true });
  for (const member of members) await mkdir(member.root, { recursive: true });
  const [first] = members;
  if (first === undefined) return null;
  const known = await Promise.all(members.map((member) => readdir(member.root)));
  if (known.some((names) => names.includes('templates'))) return null;
  for (const folder of folders) await cp(join(site, folder), join(first.root, folder), { recursive: true });
  return first.name;
}
