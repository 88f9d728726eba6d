import { SyncError, type Log, type LogFields, type Replica } from '@lockstep/core';
import { openReplica, type OpenReplicaOptions } from '@lockstep/core/node';
import express, { type Express } from 'express';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { ReceiverOptions } from '../../options.js';
import { createReceiver, type Receiver } from '../../receiver.js';

export const secret = 'a-secret-of-the-tests-with-more-than-32-characters';

/** A real app on port 0 with a receiver over a real replica in a temporary folder. Closed at the end of the test. */
export interface ReceiverServer {
  readonly port: number;
  readonly root: string;
  readonly replica: Replica;
  readonly receiver: Receiver;
  readonly server: Server;
  /** Connections that were made so far. */
  readonly sockets: ReadonlySet<Socket>;
  readonly lines: readonly LogLine[];
  /** Every file below the synchronised folders and in staging. */
  files(): Promise<string[]>;
  /** Asserts that the request before left no trace. */
  assertNothingWritten(): Promise<void>;
}

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

export interface ServeOptions extends Partial<Omit<ReceiverOptions, 'replica'>> {
  readonly open?: Partial<OpenReplicaOptions>;
  /** Puts a step between replica and receiver. */
  readonly wrap?: (replica: Replica) => Replica;
  /** What the app mounts before the receiver. */
  readonly before?: (app: Express) => void;
}

export async function serveReceiver(t: TestContext, options: ServeOptions = {}): Promise<ReceiverServer> {
  const { open, wrap = (same: Replica) => same, before = () => undefined, ...receiverOptions } = options;
  const root = await mkdtemp(path.join(tmpdir(), 'lockstep-receiver-'));
  const replica = wrap(await openReplica({ root, name: 'web-2', durability: 'os', ...open }));
  const lines: LogLine[] = [];
  const receiver = createReceiver({ secret, log: recordLog(lines), ...receiverOptions, replica });
  const app = express();
  before(app);
  app.use('/sync', receiver.router);
  const server = createServer(app).listen(0, '127.0.0.1');
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await receiver.close();
    await replica.close();
    await rm(root, { recursive: true, force: true });
  });
  const port = (server.address() as AddressInfo).port;
  const files = (): Promise<string[]> => listFiles(root);
  return {
    ...{ port, root, replica, receiver, server, sockets, lines, files },
    assertNothingWritten: async () => {
      await until('staging is empty', async () => (await files()).length === 0);
      assert.equal(replica.index.lastSequence(), 0);
    },
  };
}

/** Waits for a condition, 15 s at most. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new SyncError('TIMED_OUT', `Waited 15 s in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function recordLog(lines: LogLine[]): Log {
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

async function listFiles(root: string): Promise<string[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.lockstep/') || file.startsWith('.lockstep/staging/'))
    .sort();
}
