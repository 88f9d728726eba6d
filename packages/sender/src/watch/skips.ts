import { showText, type Clock, type FileKey, type Log } from '@lockstep/core';

/** The same path is not written to the log again within this time. */
const quietMs = 60_000;

/** Paths remembered. */
const maxRemembered = 5_000;

/** The log of what is left out: each path at most once a minute, so that a busy temporary file fills no disk. */
export interface SkipLog {
  /** @param why the sentence of the rule: `Skipping file due to excluded extension` */
  skip(file: FileKey, why: string): void;
  /** Skips since the start, repetitions included. */
  readonly count: number;
}

export function createSkipLog(clock: Clock, log: Log): SkipLog {
  const toldMs = new Map<string, number>();
  let count = 0;

  return {
    skip(file, why) {
      count += 1;
      const key = `${file.folder}\0${file.path}`;
      const nowMs = clock.now();
      if (nowMs - (toldMs.get(key) ?? -Infinity) < quietMs) return;
      toldMs.delete(key);
      toldMs.set(key, nowMs);
      forgetOldest(toldMs);
      log.debug(`${why}: ${showText(file.path, 1024)}`, { folder: file.folder, path: file.path });
    },
    get count() {
      return count;
    },
  };
}

function forgetOldest(toldMs: Map<string, number>): void {
  if (toldMs.size <= maxRemembered) return;
  const [oldest] = toldMs.keys();
  if (oldest !== undefined) toldMs.delete(oldest);
}
