import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createReplicaEvents, silentLog, type HostReceived, type Log, type Replica } from '@lockstep/core';
import { openHostPathLocks, systemClock, systemRandom } from '@lockstep/core/node';
import type { Sender, SenderEventMap, SenderStatus } from '@lockstep/sender';
import { createHostSender, type HostSender } from './host-sender.js';

/** A process of a host without folders and peers: what it does is written into `done`. */
export interface TestProcess {
  readonly host: HostSender;
  readonly sender: Sender;
  readonly replica: Pick<Replica, 'events'>;
  /** What its own sender was asked for. */
  readonly done: string[];
  readonly received: { uploads: number };
  /** What `flush` of its own sender waits for. */
  flushing: () => Promise<{ peers: string[]; ms: number }>;
  close(): Promise<void>;
}

/** A state directory; a `long` one has a path that no socket’s address can hold. */
export async function stateDirectory(t: TestContext, { long = false } = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-host-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const stateDir = join(root, long ? `${'long/'.repeat(30)}state` : 'state');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  return stateDir;
}

/** Begins a process; it ends with the test. */
export function openProcess(t: TestContext, stateDir: string, log: Log = silentLog): TestProcess {
  const locks = openHostPathLocks({
    directory: join(stateDir, 'path-locks'),
    clock: systemClock,
    random: systemRandom,
  });
  const replica = { events: createReplicaEvents() };
  const done: string[] = [];
  const received = { uploads: 0 };
  const fake = fakeSender(done);
  const host = createHostSender({
    ...{ sender: fake.sender, stateDir, log, clock: systemClock, random: systemRandom },
    replica: replica as Replica,
    host: locks.host,
    received: () => receivedOf(received.uploads),
  });
  // Neither sockets nor timers keep a process alive: an app’s server does.
  const stay = setInterval(() => undefined, 1_000);
  let closing: Promise<void> | null = null;
  const process: TestProcess = {
    ...{ host, sender: fake.sender, replica, done, received },
    flushing: () => Promise.resolve({ peers: ['web-2'], ms: 1 }),
    close: () =>
      (closing ??= host.close().then(() => {
        clearInterval(stay);
        locks.close();
      })),
  };
  fake.flush = () => process.flushing();
  t.after(() => process.close());
  return process;
}

function receivedOf(uploads: number): HostReceived {
  return {
    totals: { upload: { ok: uploads, failed: 0 }, delete: { ok: 0, failed: 0 } },
    ...{ bytesReceived: 0, failures: {}, peers: [], inFlight: 0 },
    counters: { unchanged: 0, copied: 0, known: 0, conflicts: 0 },
  };
}

function fakeSender(done: string[]): { sender: Sender; flush: Sender['flush'] } {
  let [active, paused] = [false, false];
  const fake: { sender: Sender; flush: Sender['flush'] } = {
    flush: () => Promise.reject(new Error('not set')),
    sender: {
      events: new EventEmitter<SenderEventMap>(),
      start: () => {
        active = true;
        return Promise.resolve();
      },
      status: (): SenderStatus => statusOf(active, paused),
      flush: (options) => fake.flush(options),
      pause: () => void (paused = true),
      resume: () => void (paused = false),
      rescan: (folder) => {
        done.push(`rescan ${folder ?? 'all'}`);
        return Promise.resolve([
          {
            ...{ folder: folder ?? 'static', files: 3, rootPresent: true, ms: 1 },
            ...{ recorded: [], missing: [], changing: [], unreadable: [] },
            skipped: [{ path: 'a.tmp', reason: 'temporary', size: 1 }],
          },
        ]);
      },
      heard: () => undefined,
      retryNow: (peer) => void done.push(`retry ${peer ?? 'all'}`),
      restoreHold: (id) => {
        done.push(`restore ${id}`);
        return Promise.resolve({ restored: 2, failed: [{ path: 'b', message: 'gone' }] });
      },
      fetch: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    },
  };
  return fake;
}

function statusOf(active: boolean, paused: boolean): SenderStatus {
  const count = { ok: active ? 5 : 0, failed: 0 };
  return {
    ...{ active, paused, problems: [], peers: [] },
    watching: { mode: 'events', reason: null, folders: [] },
    observing: { hints: 0, observed: 0, unchanged: 0, skipped: 0, merged: 0, pending: 0 },
    latency: { p50: active ? 7 : null, p95: null, recent: [] },
    totals: { upload: { ...count }, delete: { ...count }, move: { ...count } },
    skipped: { count: 0, list: [] },
  };
}
