import { SyncError, type Clock } from '@lockstep/core';
import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { SparseWatcher } from './sparse-watcher.js';
import type { WatchHandlers, Watcher, WatchTrouble } from './watcher.js';

/** Codes with which the system says that there are no more watches. */
const limitCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

/**
 * What the system calls the coming and going of a name. Of inotify each event is of one kind, and a write or a change of attributes is
 * always `change`; elsewhere several may come as one.
 */
const nameEvent = process.platform === 'linux' ? 'rename' : null;

/**
 * Watches by chokidar in its directories-only form: files are left out, and its `raw` event, which names the directory and the name
 * in it, is the hint. A new directory is hinted once it is armed, so that what was written into it before is found.
 */
export function createChokidarWatcher(clock: Clock): Watcher {
  let watcher: SparseWatcher | undefined;
  let place = '';
  const toRelative = (path: string): string => relative(place, path).split(sep).join('/');

  return {
    async start(root, handlers) {
      place = await realDirectory(root);
      let ready = false;
      const skips = (path: string): boolean => path !== place && handlers.skipsDirectory(toRelative(path));
      watcher = new SparseWatcher(clock, skips, (path) => {
        if (ready) hint(handlers, toRelative(path));
      });
      watcher.on('raw', (event, name, details) => {
        const directory = watchedPath(details);
        if (directory === null) return;
        if (name === basename(directory)) watcher?.suspect(directory);
        if (name) watcher?.stirred(join(directory, name));
        hint(handlers, toRelative(name ? join(directory, name) : directory), event === nameEvent);
      });
      watcher.on('error', (error) => handlers.onTrouble(describe(error)));
      const armed = new Promise<void>((resolve) => watcher?.once('ready', resolve));
      watcher.add(place);
      await armed;
      ready = true;
    },
    unarmed: () => watcher?.unarmed().map(toRelative) ?? [],
    async close() {
      await watcher?.close();
      watcher = undefined;
    },
  };
}

function hint(handlers: WatchHandlers, path: string, isNameOnly = false): void {
  if (path === '') handlers.onDoubt();
  else if (!path.startsWith('../') && path !== '..') handlers.onHint(path, isNameOnly);
}

function watchedPath(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}

async function realDirectory(root: string): Promise<string> {
  try {
    const place = await realpath(root);
    if ((await stat(place)).isDirectory()) return place;
  } catch (cause) {
    throw new SyncError('NOT_FOUND', 'Could not watch a folder: it is missing. Create it again.', { cause });
  }
  throw new SyncError('NOT_FOUND', 'Could not watch a folder: a file stands in its place. Move it away.');
}

function describe(error: unknown): WatchTrouble {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code !== null && limitCodes.has(code)) {
    const message = `The system gives no more watches (${code}): raise fs.inotify.max_user_watches and restart.`;
    return { kind: 'limit', code: 'STORAGE_FAILED', message };
  }
  const why = code ?? 'for an unknown reason';
  return {
    kind: 'failed',
    code: 'STORAGE_FAILED',
    message: `Watching failed (${why}): folders are listed instead.`,
  };
}
