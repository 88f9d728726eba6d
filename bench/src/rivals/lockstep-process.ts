// An Express app with Lockstep mounted the documented way, measuring the delay of its own event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import express from 'express';

const app = express();
const loop = monitorEventLoopDelay({ resolution: 1 });

const closeSync = process.env['BENCH_BARE'] === undefined ? await mountLockstep() : () => Promise.resolve();
app.get('/', (_request, response) => void response.send('hello'));
const server = app.listen(Number(process.env['PORT']), '127.0.0.1');

process.on('message', (action) => {
  const milliseconds = (nanoseconds: number) => nanoseconds / 1e6;
  const delay = {
    p50: milliseconds(loop.percentile(50)),
    p99: milliseconds(loop.percentile(99)),
    max: milliseconds(loop.max),
  };
  if (action === 'reset') {
    loop.reset();
    // Not before: it wakes the process a thousand times a second, which would be counted as idle cost.
    loop.enable();
  }
  process.send?.(delay);
});
process.on('disconnect', () => void close());
process.once('SIGTERM', () => void close());

async function mountLockstep(): Promise<() => Promise<void>> {
  const { setupRealTimeFileSync } = await import('lockstep');
  const durability = process.env['BENCH_DURABILITY'] === 'os' ? 'os' : 'fsync';
  const sync = await setupRealTimeFileSync(app, { durability });
  return () => sync.close();
}

async function close(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await closeSync();
  process.exit();
}
