import type { Clock, Random } from '@lockstep/core';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsHeard } from './events-heard.js';

/** Beginning of the probe's name: reserved, so that it is ignored on every server. */
export const probePrefix = '.lockstep-probe-';

/** What the probe learned: events arrive, they do not, or the folder takes no file so that nothing was learned. */
export type ProbeResult = 'heard' | 'silent' | 'unwritable';

/** Proves that events arrive, by a file that it makes in the folder and removes at once. */
export interface Probe {
  /** A hint of the watcher; gives true when it was the probe's own. */
  hear(path: string): boolean;
  /** @param root absolute; @param timeoutMs how long to listen */
  run(root: string, timeoutMs: number): Promise<ProbeResult>;
}

/** Bind mounts and network folders are known to swallow events without an error (docker/for-win#56). */
export function createProbe(clock: Clock, random: Pick<Random, 'id'>): Probe {
  let awaited: { readonly name: string; readonly heard: () => void } | undefined;

  return {
    hear(path) {
      if (path === awaited?.name) awaited.heard();
      return path.startsWith(probePrefix);
    },
    async run(root, timeoutMs) {
      const name = probePrefix + random.id();
      const outcome = new Promise<ProbeResult>((resolve) => {
        const cancel = clock.after(timeoutMs, () => {
          // After a blocked event loop timers run before the events that arrived meanwhile: those get their turn first.
          void eventsHeard().then(() => resolve('silent'));
        });
        awaited = {
          name,
          heard: () => {
            cancel();
            resolve('heard');
          },
        };
      });
      if (!(await touch(join(root, name)))) return 'unwritable';
      const result = await outcome;
      awaited = undefined;
      return result;
    },
  };
}

async function touch(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
    await unlink(file);
    return true;
  } catch {
    // A folder that this server may not write has nothing to prove it with: the scans find what the watcher misses.
    return false;
  }
}
