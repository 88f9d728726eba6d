/**
 * Resolves when what the system has reported until now has reached the watchers: two turns of the event loop, since the first may
 * have asked for events already.
 */
export async function eventsHeard(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
