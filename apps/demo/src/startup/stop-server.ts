import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const graceMs = 10_000;

/**
 * Takes no more connections, ends what would stay open for ever (`endStreams`), and waits until the requests in flight are
 * answered; after 10 s their connections are cut.
 */
export async function stopServer(server: Server, endStreams: () => Promise<void>): Promise<void> {
  if (!server.listening) return endStreams();
  const closed = once(server, 'close');
  server.close();
  await endStreams();
  server.closeIdleConnections();
  const timer = new AbortController();
  const late = delay(graceMs, undefined, { signal: timer.signal }).then(
    () => server.closeAllConnections(),
    () => undefined,
  );
  await Promise.race([closed, late]);
  timer.abort();
  await closed;
}
