import type { Server } from 'node:http';

/**
 * Node ends every request that takes longer than `server.requestTimeout` (300 s) with 408, so a large file over a slow line would
 * never arrive. This turns that limit off: the receiver itself ends a body that stops coming, and `headersTimeout` stays in force.
 * Other routes of the app lose the limit too: call it only when they bound their bodies, or sit behind a proxy that does.
 */
export function allowLongUploads(server: Pick<Server, 'requestTimeout'>): void {
  server.requestTimeout = 0;
}
