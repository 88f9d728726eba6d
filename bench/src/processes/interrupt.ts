const cleanups = new Set<() => void>();

/**
 * Runs `cleanup` when the benchmark is interrupted (SIGINT, SIGTERM) before the returned function was called. What is started here
 * leads process groups of its own, so a terminal's Ctrl-C would not reach it.
 */
export function onInterrupt(cleanup: () => void): () => void {
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
  };
}

/** Makes the signals end the process after all cleanups, the newest first. */
export function obeyInterrupts(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      for (const cleanup of [...cleanups].reverse()) cleanup();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
}
