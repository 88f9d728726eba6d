import { constants } from 'node:fs';
import { access, chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { SyncError } from '../model/error.js';
import type { Log } from '../ports/log.js';
import type { FolderPlace } from '../ports/work.js';

/** Where everything of a replica lies on the disk. */
export interface Places {
  readonly places: readonly FolderPlace[];
  readonly archive: string;
}

/** A folder on another file system than the state directory stages inside itself, under this reserved name. */
const inFolderStaging = '.lockstep-staging';

/**
 * Checks the root, makes what is missing, and chooses for each folder a staging directory on its own file system, so that a rename
 * into place is atomic. Throws ROOT_MISSING or NOT_PERMITTED, naming the folder and the remedy.
 */
export async function placeFolders(options: {
  root: string;
  stateDir: string;
  folders: readonly string[];
  log: Log;
}): Promise<Places> {
  const { root, stateDir, folders, log } = options;
  await requireRoot(root);
  await makePrivate(stateDir);
  const archive = path.join(stateDir, 'archive');
  const staging = path.join(stateDir, 'staging');
  for (const directory of [archive, staging]) await makePrivate(directory);
  const stateDevice = (await stat(stateDir)).dev;
  const places: FolderPlace[] = [];
  for (const folder of folders) {
    const place = path.join(root, folder);
    await makeFolder(place, folder, log);
    const own = path.join(place, inFolderStaging);
    const sameDevice = (await stat(place)).dev === stateDevice;
    if (!sameDevice) await makePrivate(own);
    places.push({ folder, root: place, staging: sameDevice ? staging : own });
  }
  return { places, archive };
}

async function requireRoot(root: string): Promise<void> {
  const found = await stat(root).catch(() => null);
  if (found?.isDirectory()) return;
  throw new SyncError(
    'ROOT_MISSING',
    `The root ${JSON.stringify(root)} is no directory; create it, or set LOCKSTEP_ROOT.`,
  );
}

async function makePrivate(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const remedy = 'Let the server process write there, or set LOCKSTEP_STATE_DIR.';
    throw new SyncError(
      'NOT_PERMITTED',
      `The state directory ${JSON.stringify(directory)} cannot be used. ${remedy}`,
      { cause },
    );
  }
}

async function makeFolder(place: string, folder: string, log: Log): Promise<void> {
  try {
    const made = await mkdir(place, { recursive: true });
    if (made !== undefined) log.info(`Created the folder ${folder}`, { folder });
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const remedy =
      'Give the server process read and write access, or leave the folder out of LOCKSTEP_FOLDERS.';
    throw new SyncError('NOT_PERMITTED', `The folder ${JSON.stringify(place)} is not writable. ${remedy}`, {
      cause,
    });
  }
}
