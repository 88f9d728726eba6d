/** Runs jobs in order, a few at a time. */
export interface Jobs {
  add(job: () => Promise<void>): void;
  /** Resolves when every job that was added before has ended. */
  settled(): Promise<void>;
  /** Waiting and running jobs. */
  readonly size: number;
  /** Drops what waits; what runs goes on. */
  clear(): void;
}

/** @param width how many run at once; jobs must not reject */
export function createJobs(width: number): Jobs {
  const waiting: { readonly run: () => Promise<void>; readonly end: () => void }[] = [];
  const pending = new Set<Promise<void>>();
  let running = 0;

  const next = (): void => {
    while (running < width) {
      const job = waiting.shift();
      if (job === undefined) return;
      running += 1;
      void job.run().finally(() => {
        running -= 1;
        job.end();
        next();
      });
    }
  };

  return {
    add(run) {
      const ended = new Promise<void>((resolve) => waiting.push({ run, end: resolve }));
      pending.add(ended);
      void ended.then(() => pending.delete(ended));
      next();
    },
    async settled() {
      await Promise.all(pending);
    },
    get size() {
      return waiting.length + running;
    },
    clear() {
      for (const job of waiting.splice(0)) job.end();
    },
  };
}
