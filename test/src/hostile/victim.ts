import type { LogFields } from '@lockstep/core';
import express from 'express';
import { setupRealTimeFileSync, type LockstepOptions, type LockstepSync } from 'lockstep';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { eventually } from '../harness/eventually.js';
import { plantCanary, type Canary } from './canary.js';

export const secret = 'the-shared-secret-of-the-hostile-tests-0123456789';
export const uploadToken = 'the-upload-token-of-the-hostile-tests';
export const monitorPassword = 'the-monitor-password-of-the-hostile-tests';
/** Words that must never be seen outside. */
export const secrets: readonly string[] = [secret, uploadToken, monitorPassword];

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A whole server, as an app sets it up, with a canary around its folders. */
export interface Victim {
  readonly base: string;
  readonly root: string;
  readonly port: number;
  readonly sync: LockstepSync;
  readonly canary: Canary;
  /** Everything it logged. */
  readonly lines: LogLine[];
  /** Paths of the files in its folders, links left out: `static/a.css`. */
  files(): Promise<string[]>;
  /** Fails unless staging becomes empty within a few seconds. */
  assertNothingStaged(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one. The caller owes `close`. */
export async function startVictim(options: LockstepOptions = {}): Promise<Victim> {
  const base = await mkdtemp(join(tmpdir(), 'lockstep-hostile-'));
  const root = join(base, 'server');
  await mkdir(root);
  const canary = await plantCanary(base, root);
  const lines: LogLine[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const app = express();
  const sync = await setupRealTimeFileSync(app, {
    ...{
      root,
      name: 'victim',
      secret,
      uploadToken,
      monitorPassword,
      log,
      durability: 'os',
      production: true,
    },
    ...options,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...{ base, root, sync, canary, lines },
    port: (server.address() as AddressInfo).port,
    files: () => filesOf(root),
    assertNothingStaged: () => assertNothingStaged(root),
    close: async () => {
      await closeServer(server);
      await sync.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function filesOf(root: string): Promise<string[]> {
  const lists = ['static', 'templates', 'instance'].map(async (folder) => {
    const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  });
  return (await Promise.all(lists)).flat().sort();
}

async function assertNothingStaged(root: string): Promise<void> {
  await eventually(async () => {
    const staged = await readdir(join(root, '.lockstep', 'staging'));
    return staged.length === 0 || `${staged.length} files are staged: ${staged.slice(0, 3).join(', ')}`;
  }, 5000);
  assert.deepEqual(await readdir(join(root, '.lockstep', 'staging')), []);
}
