import { Worker } from 'node:worker_threads';
import { SyncError } from '../model/error.js';
import type { Log } from '../ports/log.js';
import { createCalls } from './work-thread-calls.js';
import type { Listing, TakeListed, Work } from '../ports/work.js';
import type { FromThread, Job, ToThread, WorkThreadData } from './work-thread-messages.js';

/** Memory the thread may use: a page of a listing, and the names in one directory, some hundred thousand of them. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };

const theProgram = new URL('./work-thread-main.js', import.meta.url);

/** Calls into a thread. */
export interface Channel {
  /** Which thread answers now: each restart counts one. */
  readonly life: () => number;
  readonly call: (job: Job, args: readonly unknown[], transfer?: readonly ArrayBuffer[]) => Promise<unknown>;
  /** The job `list`, which answers in pages. */
  readonly list: Work['list'];
  /** Waits for the calls under way and ends the thread. */
  readonly close: () => Promise<void>;
}

/** A job that is put on its way. */
interface Order {
  readonly job: Job;
  readonly args: readonly unknown[];
  readonly transfer?: readonly ArrayBuffer[] | undefined;
  /** For the pages of a listing. */
  readonly take?: TakeListed;
}

/**
 * Starts the thread. It keeps the process alive only while a call is under way. When it dies the calls under way reject
 * with STORAGE_FAILED, and the next call starts another. `program` is what the thread runs.
 */
export function openChannel(data: WorkThreadData, log: Log, program = theProgram): Channel {
  let life = 0;
  let closing: Promise<void> | null = null;
  let whenIdle = (): void => undefined;
  const calls = createCalls(() => {
    worker?.unref();
    whenIdle();
  });
  let worker: Worker | null = start();

  function start(): Worker {
    life += 1;
    const thread = spawn(data, program);
    thread.on('message', (message: FromThread) => {
      calls.answer(message, (isWanted) => resume(thread, message.id, isWanted));
    });
    thread.on('error', (error) => lose(thread, error));
    thread.on('exit', (code) => lose(thread, new Error(`exit code ${code}`)));
    return thread;
  }

  function lose(thread: Worker, cause: unknown): void {
    if (worker !== thread) return;
    worker = null;
    if (closing === null) {
      log.error('The thread that works on the disk ended; the next job starts another', {
        cause: String(cause),
      });
    }
    const message = 'Waited for a job on the disk whose thread ended: it is tried again.';
    calls.rejectAll(new SyncError('STORAGE_FAILED', message, { cause }));
  }

  function call({ job, args, transfer = [], take }: Order): Promise<unknown> {
    worker ??= start();
    const thread = worker;
    if (calls.count() === 0) thread.ref();
    return calls.add((id) => thread.postMessage({ id, job, args } satisfies ToThread, transfer), take);
  }

  async function end(): Promise<void> {
    if (calls.count() > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
    if (worker !== null) await call({ job: 'close', args: [] });
    await worker?.terminate();
  }

  return {
    life: () => life,
    call: (job, args, transfer) =>
      closing === null ? call({ job, args, transfer }) : Promise.reject(closed(job)),
    list: (folder, what, take) => {
      if (closing !== null) return Promise.reject(closed('list'));
      return call({ job: 'list', args: [folder, what], take }) as Promise<Listing>;
    },
    close: () => (closing ??= end()),
  };
}

function spawn(data: WorkThreadData, program: URL): Worker {
  const thread = new Worker(program, {
    workerData: data,
    name: 'lockstep-work',
    // The host's own flags (loaders, inspectors) would cost memory here and do nothing.
    execArgv: [],
    resourceLimits,
  });
  thread.unref();
  return thread;
}

/** Tells the thread whether the next page of a listing is wanted. */
function resume(thread: Worker, id: number, isWanted: boolean): void {
  thread.postMessage({ id, job: isWanted ? 'next' : 'stop' } satisfies ToThread);
}

function closed(job: Job): SyncError {
  return new SyncError('CLOSED', `Asked for the job "${job}" of a replica that is closed: open it again.`, {
    details: { job },
  });
}
