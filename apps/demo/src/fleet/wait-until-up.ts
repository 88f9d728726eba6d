import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from './server-process.js';

const deadlineMs = 20_000;
const askEveryMs = 50;

/** Resolves when the server answers. Rejects when it ended, or did not answer within 20 s. */
export async function waitUntilUp({ member, ended }: ServerProcess): Promise<void> {
  let over = false;
  void ended.then(() => (over = true));
  const deadline = performance.now() + deadlineMs;
  while (!over && performance.now() < deadline) {
    if (await answers(`${member.url}/sync/health`)) return;
    await delay(askEveryMs);
  }
  throw new Error(`${member.name} did not come up at ${member.url}. Its log: ${member.logFile}`);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
