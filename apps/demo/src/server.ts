import { createServer } from 'node:http';
import { isSyncError } from '@lockstep/core';
import express from 'express';
import { allowLongUploads, setupRealTimeFileSync } from 'lockstep';
import { mountSite } from './http/mount-site.js';
import { listen } from './startup/listen.js';
import { readListenAddress, urlOf } from './startup/listen-address.js';
import { stopServer } from './startup/stop-server.js';

try {
  await start();
} catch (error) {
  if (!isSyncError(error)) throw error;
  process.stderr.write(`Cannot start (${error.code}): ${error.message}\n`);
  process.exit(1);
}

/** Starts one app server. Rejects with a SyncError for everything that the person who starts it can mend. */
async function start(): Promise<void> {
  const wanted = readListenAddress(process.env);
  const app = express();
  app.disable('x-powered-by');
  const sync = await setupRealTimeFileSync(app);
  const site = mountSite(app, sync);

  const server = createServer(app);
  allowLongUploads(server);
  server.keepAliveTimeout = 65_000;
  const stop = onceOnly(async () => {
    await stopServer(server, async () => {
      site.close();
      await sync.close();
    });
    if (process.connected) process.disconnect();
  });
  try {
    const address = await listen(server, wanted);
    sync.log.info(`Listening on ${urlOf(address)}`, { ...address });
  } catch (error) {
    await stop();
    throw error;
  }
  // `disconnect`: the process that started this one over a channel has ended.
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, () => void stop());
}

/** Ctrl-C in a terminal reaches the server directly and through whoever started it. */
function onceOnly(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  return () => (stopping ??= stop());
}
