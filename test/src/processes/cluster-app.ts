// An app of three workers that share the port, the folders and the state, as PM2 and `node:cluster` run it.
import cluster from 'node:cluster';
import express from 'express';
import { setupRealTimeFileSync } from 'lockstep';

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
  const starting = setupRealTimeFileSync(app);
  app.get('/worker', async (_request, response) => {
    const sync = await starting;
    const { index } = sync.replica;
    const { files, sequence } = sync.status().statistics;
    const report: WorkerReport = {
      ...{ pid: process.pid, sends: sync.sender.status().active, files, sequence },
      digest: index.liveDigest(),
      applied: [...applied],
    };
    response.set('connection', 'close').json(report);
  });
  const server = app.listen(Number(process.env['PORT']), '127.0.0.1');
  const sync = await starting;
  sync.on('applied', ({ changes }) => {
    for (const { entry } of changes) applied.add(entry.path);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    void sync.close().then(() => process.exit(0));
  });
}
