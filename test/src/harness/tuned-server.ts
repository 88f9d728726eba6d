// A server put together by hand, with settings that `setupRealTimeFileSync` keeps to itself, so that tests need not wait long.
import express from 'express';
import { createPinoLog, openReplica } from '@lockstep/core/node';
import { createMonitor } from '@lockstep/monitor';
import { createReceiver } from '@lockstep/receiver';
import { createSender } from '@lockstep/sender';

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
};

const name = setting('LOCKSTEP_NAME');
const log = createPinoLog({ level: 'info', name });
const secret = setting('LOCKSTEP_SECRET');
const replica = await openReplica({
  ...{ root: setting('LOCKSTEP_ROOT'), name, log },
  modeMask: Number(process.env['TUNED_MODE_MASK'] ?? 0o777),
});
const receiver = createReceiver({ replica, secret, log });
const sender = createSender({
  ...{ replica, secret, log },
  peers: setting('LOCKSTEP_PEERS'),
  requestTimeoutMs: Number(process.env['TUNED_REQUEST_TIMEOUT_MS'] ?? 30_000),
});
const monitor = createMonitor({ replica, sender, receiver, log });
const app = express();
app.use('/sync', receiver.router);
app.use('/sync-monitor', monitor.router);
await sender.start();
const server = app.listen(Number(setting('PORT')), '127.0.0.1');

process.once('SIGTERM', () => void close());

async function close(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await sender.close();
  await receiver.close();
  monitor.close();
  await replica.close();
  if (process.connected) process.disconnect();
}
