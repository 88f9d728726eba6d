import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SyncError } from '../model/error.js';
import type { Seen, TakeListed, Work } from '../ports/work.js';
import { createWork } from '../work/create-work.js';
import { systemClock } from './clock.js';
import { createNodeDisk } from './disk/node-disk.js';
import { systemRandom } from './random.js';
import {
  toErrorMessage,
  type FromThread,
  type Job,
  type ToThread,
  type WorkThreadData,
} from './work-thread-messages.js';
import { createSlabs, isShared, type Slabs } from './work-thread-slabs.js';

/** Runs the jobs that come in through a port. Its imports are kept few: each costs memory beside the host app. */
function serve(port: MessagePort, data: WorkThreadData): void {
  const work = createWork({
    disk: createNodeDisk({ durability: data.durability }),
    places: data.places,
    archive: data.archive,
    random: systemRandom,
    clock: systemClock,
    owner: { name: String(process.pid), isAlive },
  });
  const waiting = new Map<number, (isWanted: boolean) => void>();

  function send(message: FromThread, slabs?: Slabs): void {
    port.postMessage(message, slabs?.buffers ?? []);
  }

  /** Sends each page of a listing and waits until the host has taken it in. */
  function pagesOf(id: number): TakeListed {
    return async (page) => {
      send({ id, page });
      const isWanted = await new Promise<boolean>((resolve) => waiting.set(id, resolve));
      if (!isWanted) throw new SyncError('CLOSED', 'Listed a folder for nobody: list it again.');
    };
  }

  async function run(id: number, job: Job, args: readonly unknown[]): Promise<void> {
    try {
      const result = await call(work, job, job === 'list' ? [...args, pagesOf(id)] : args);
      const slabs = createSlabs();
      send({ id, result: gather(job, result, slabs) }, slabs);
    } catch (error) {
      send({ id, error: toErrorMessage(error) });
    }
  }

  port.on('message', (message: ToThread) => {
    if (message.job === 'next' || message.job === 'stop') {
      const resume = waiting.get(message.id);
      waiting.delete(message.id);
      resume?.(message.job === 'next');
    } else {
      void run(message.id, message.job, message.args);
    }
  });
}

/** The one place where a message becomes a call: both ends are built from the same sources. */
function call(work: Work, job: Job, args: readonly unknown[]): Promise<unknown> {
  const jobs = work as unknown as Record<Job, (...args: readonly unknown[]) => Promise<unknown>>;
  return jobs[job](...args);
}

/** Moves the contents of a result into slabs. */
function gather(job: Job, result: unknown, slabs: Slabs): unknown {
  if (job === 'readPart') return isShared(result as Uint8Array) ? result : slabs.add(result as Uint8Array);
  if (job === 'read')
    return (result as (Uint8Array | null)[]).map((bytes) => (bytes === null ? null : slabs.give(bytes)));
  if (job !== 'inspect') return result;
  return (result as Seen[]).map((seen) =>
    seen.kind === 'file' && seen.bytes !== undefined ? { ...seen, bytes: slabs.give(seen.bytes) } : seen,
  );
}

/** Whether the process of this id is there, even one of another user. */
function isAlive(name: string): boolean {
  const pid = Number(name);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

if (parentPort !== null) serve(parentPort, workerData as WorkThreadData);
