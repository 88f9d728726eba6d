import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePath, type ActivityRow, type Replica } from '@lockstep/core';
import { openReplica, systemClock } from '@lockstep/core/node';
import express, { type Express } from 'express';
import { createMonitor, type Monitor } from '../../create-monitor.js';
import type { MonitorOptions } from '../../options.js';
import { createExampleSender, type ExampleSender } from '../example-sender.js';

/** A served monitor over a real replica on a real disk. */
export interface ExampleMonitor {
  readonly app: Express;
  readonly monitor: Monitor;
  readonly replica: Replica;
  readonly sender: ExampleSender;
  /** `http://127.0.0.1:PORT/sync-monitor`. */
  readonly url: string;
  /** Absolute path of the directory that holds the folders. */
  readonly root: string;
  /** Ends everything and removes its files; a replica that was given stays open. */
  close(): Promise<void>;
}

/** Names that would break a page which trusts them. */
export const hostileNames = {
  markup: '<img src=x onerror=alert(1)>.html',
  reversed: 'invoice-\u202efdp.exe',
  quote: '"><script>alert(1)</script>.css',
} as const;

/** Starts a monitor on a free port of this machine. */
export async function startExampleMonitor(options: Partial<MonitorOptions> = {}): Promise<ExampleMonitor> {
  const root = await mkdtemp(path.join(tmpdir(), 'lockstep-monitor-'));
  const replica = options.replica ?? (await openReplica({ root, name: 'web-1', durability: 'os' }));
  const sender = createExampleSender(systemClock.now());
  const receiver = {
    status: () => ({ totals: { upload: { ok: 5_210, failed: 2 } }, bytesReceived: 61_000_000 }),
  };
  const monitor = createMonitor({ sender, receiver, production: false, ...options, replica });
  const app = express();
  app.use('/sync-monitor', monitor.router);
  const server = createServer(app);
  const url = await listen(server);
  return {
    ...{ app, monitor, replica, sender, root },
    url: `${url}/sync-monitor`,
    async close() {
      monitor.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (!options.replica) await replica.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Gives the replica files, replaced and deleted versions, a conflict, a hold, and a history. */
export async function furnish({ replica, root }: Pick<ExampleMonitor, 'replica' | 'root'>): Promise<void> {
  await mkdir(path.join(root, 'static/css'), { recursive: true });
  const files = ['static/css/site.css', 'static/app.js', 'templates/index.ejs', 'instance/uploads.json'];
  const names = [...files, `static/${hostileNames.markup}`, `templates/${hostileNames.reversed}`];
  for (const [round, content] of ['first', 'second version'].entries()) {
    for (const name of round === 0 ? names : files)
      await writeFile(path.join(root, name), `${content} of ${name}`);
    for (const folder of replica.folders) await replica.scan(folder);
  }
  const { index } = replica;
  const nowMs = Date.now();
  const [row] = index.after(0, 1);
  if (row?.entry.state === 'live') {
    const { digest, size, mode, mtimeMs } = row.entry;
    const kept = { digest, size, mode, mtimeMs, by: 'web-3' };
    index.archive.add({
      ...kept,
      folder: 'static',
      path: parsePath('css/site.css'),
      archivedMs: nowMs - 60_000,
      reason: 'replaced',
    });
    index.archive.add({
      ...kept,
      folder: 'templates',
      path: parsePath('index.ejs'),
      archivedMs: nowMs - 35_000,
      reason: 'conflict',
    });
    index.archive.add({
      ...kept,
      folder: 'static',
      path: parsePath(hostileNames.markup),
      archivedMs: nowMs - 9_000,
      reason: 'deleted',
    });
  }
  index.holds.add({
    ...{ folder: 'static', reason: 'mass-deletion', peer: null, createdMs: nowMs - 180_000 },
    paths: Array.from({ length: 64 }, (_, number) => parsePath(`catalogue/item-${number}.webp`)),
  });
  index.activity.add(exampleHistory(nowMs));
}

function exampleHistory(nowMs: number): Omit<ActivityRow, 'id'>[] {
  const line = (secondsAgo: number, fields: Partial<ActivityRow>): Omit<ActivityRow, 'id'> => ({
    ...{ kind: 'note', folder: null, path: null, peer: null, bytes: 0, ms: null, code: null, message: null },
    atMs: nowMs - secondsAgo * 1000,
    ...fields,
  });
  return [
    line(3_600, { kind: 'scan', folder: 'static', message: '18,204 files compared', ms: 410 }),
    line(320, { kind: 'peer-up', peer: 'web-2' }),
    line(95, {
      kind: 'peer-down',
      peer: 'web-4',
      code: 'PEER_UNREACHABLE',
      message: 'connect ECONNREFUSED 10.0.0.4:443',
    }),
    line(64, {
      kind: 'conflict',
      folder: 'templates',
      path: 'index.ejs',
      peer: 'web-3',
      message: 'web-1 had the later change',
    }),
    line(41, { kind: 'moved', folder: 'static', path: 'media/hero.webp', peer: 'web-2', ms: 17 }),
    line(30, {
      kind: 'refused',
      folder: 'instance',
      path: 'CON',
      peer: 'web-3',
      code: 'PATH_INVALID',
      message: 'a device name',
    }),
    line(22, {
      kind: 'sent',
      folder: 'static',
      path: hostileNames.markup,
      peer: 'web-2',
      bytes: 4_213,
      ms: 22,
    }),
    line(16, {
      kind: 'failed',
      folder: 'static',
      path: 'media/launch-film.mp4',
      peer: 'web-3',
      code: 'DISK_FULL',
      message: 'web-3 has no space left',
    }),
    line(12, {
      kind: 'received',
      folder: 'templates',
      path: hostileNames.reversed,
      peer: 'web-3',
      bytes: 912,
      ms: 9,
    }),
    line(9, { kind: 'deleted-there', folder: 'static', path: 'old\nname.txt', peer: 'web-2', ms: 31 }),
    line(6, { kind: 'observed', folder: 'static', path: 'css/site.css', bytes: 18_403 }),
    line(5, { kind: 'sent', folder: 'static', path: 'css/site.css', peer: 'web-2', bytes: 18_403, ms: 19 }),
    line(2, {
      kind: 'sent',
      folder: 'static',
      path: 'a-rather-long-folder-name/with-another-one/and-a-third/a-file-whose-name-does-not-end.min.js',
      peer: 'web-3',
      bytes: 1_834_403,
      ms: 61,
    }),
  ];
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}
