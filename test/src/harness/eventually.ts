import { setTimeout as delay } from 'node:timers/promises';

const askEveryMs = 20;

/**
 * Waits until `condition` holds: until it gives anything but `false` or a text (the reason why it does not hold yet).
 * Rejects at the deadline with the last reason.
 */
export async function eventually<T>(
  condition: () => Promise<T | string | false> | T | string | false,
  deadlineMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const held = await attempt(condition);
    if (held.done) return held.value;
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${held.reason}`);
    await delay(askEveryMs);
  }
}

type Attempt<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly reason: string };

async function attempt<T>(
  condition: () => Promise<T | string | false> | T | string | false,
): Promise<Attempt<T>> {
  try {
    const value = await condition();
    if (value === false) return { done: false, reason: 'the condition never held' };
    if (typeof value === 'string') return { done: false, reason: value };
    return { done: true, value };
  } catch (error) {
    return { done: false, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
