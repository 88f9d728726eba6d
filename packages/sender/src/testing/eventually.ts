import assert from 'node:assert/strict';

const deadlineMs = 20_000;

/** Resolves when the condition holds; fails with the reason after 20 s. */
export async function eventually(condition: () => boolean, why: () => string, everyMs = 5): Promise<void> {
  const untilMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > untilMs) assert.fail(why());
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
