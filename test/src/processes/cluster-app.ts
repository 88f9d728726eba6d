// An app of three workers that share the port, the folders and the state, as PM2 and `node:cluster` run it.
import cluster from 'node:cluster';
import express from 'express';
import { getFileSyncStatus, setupRealTimeFileSync, type LockstepSync } from 'lockstep';

const workers = 3;

/** What a worker says of itself at `/worker`. */
export interface WorkerReport {
  readonly pid: number;
  readonly sends: boolean;
  readonly files: number;
  readonly sequence: number;
  readonly digest: string;
  /** Paths that its listeners were told to be applied, once each. */
  readonly applied: readonly string[];
  /** How often each event of the sender was heard, and a flush was asked for. */
  readonly heard: Readonly<Record<string, number>>;
}

if (cluster.isPrimary) lead();
else await work();

function lead(): void {
  for (let nth = 0; nth < workers; nth += 1) cluster.fork();
  process.once('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
    cluster.on('exit', () => {
      if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
    });
  });
}

async function work(): Promise<void> {
  const app = express();
  const applied = new Set<string>();
  const heard: Record<string, number> = { delivered: 0, peer: 0, observed: 0, flush: 0 };
  app.use((request, response, next) => {
    response.set({ connection: 'close', 'x-worker': `${process.pid}` });
    const only = request.get('x-only-worker');
    if (only === undefined || only === `${process.pid}`) next();
    else response.status(421).end();
  });
  const starting = setupRealTimeFileSync(app);
  app.get('/worker', async (_request, response) => {
    const sync = await starting;
    const { files, sequence } = sync.status().statistics;
    const report: WorkerReport = {
      ...{ pid: process.pid, sends: sync.sender.status().active, files, sequence, heard },
      digest: sync.replica.index.liveDigest(),
      applied: [...applied],
    };
    response.json(report);
  });
  app.get('/status', (_request, response) => void response.json(getFileSyncStatus()));
  const hear = (name: string) => () => void (heard[name] = (heard[name] ?? 0) + 1);
  addCalls(app, starting, hear('flush'));
  const server = app.listen(Number(process.env['PORT']), '127.0.0.1');
  const sync = await starting;
  sync.on('applied', ({ changes }) => {
    for (const { entry } of changes) applied.add(entry.path);
  });
  for (const name of ['delivered', 'peer', 'observed'] as const) sync.sender.events.on(name, hear(name));
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    void sync.close().then(() => process.exit(0));
  });
}

/** The calls of the sync object, by HTTP. */
function addCalls(app: express.Express, starting: Promise<LockstepSync>, onFlush: () => void): void {
  app.post('/flush/:timeoutMs', async (request, response) => {
    const sync = await starting;
    const flushing = sync.flush({ timeoutMs: Number(request.params.timeoutMs) });
    onFlush();
    response.json(await flushing);
  });
  app.post('/pause', async (_request, response) => {
    await (await starting).pause();
    response.end();
  });
  app.get('/fetch/:path', async (request, response) => {
    const sync = await starting;
    const content = await sync.sender.fetch({ folder: 'static', path: request.params.path as never });
    if (content === null) return void response.status(404).end();
    for await (const part of content.bytes) response.write(part);
    response.end();
  });
}
