import { SyncError } from '../model/error.js';
import { silentLog, type Log } from '../ports/log.js';
import type { Work } from '../ports/work.js';
import { openChannel, type Channel } from './work-thread-channel.js';
import type { Job, WorkThreadData } from './work-thread-messages.js';
import { createSlabs, isShared } from './work-thread-slabs.js';

/** What a work thread works on, and where it reports its own end. */
export interface WorkThreadOptions extends WorkThreadData {
  readonly log?: Log;
}

/** Numbers of open files of one life of the thread; those of another life are refused. */
const idsPerLife = 2 ** 32;

/**
 * The jobs of a replica in a thread of their own: the host's event loop never waits for the disk. See `Work`. The caller
 * owes `close`; the thread does not keep the process alive by itself. When it dies, calls under way and files open in
 * parts are lost with STORAGE_FAILED, and the next call finds a new thread.
 */
export function startWorkThread(options: WorkThreadOptions): Work {
  const { places, archive, durability, log = silentLog } = options;
  const channel = openChannel({ places, archive, durability }, log);
  const ask = createAsk(channel);

  function tag<T extends { readonly id: number }>(opened: T): T {
    return { ...opened, id: channel.life() * idsPerLife + opened.id };
  }

  const tagFound = <T extends { readonly id: number }>(opened: T | null): T | null => opened && tag(opened);

  /** Runs a job on an open file of the thread that opened it. */
  async function withOpen<T>(tagged: number, run: (id: number) => Promise<T>): Promise<T> {
    const id = tagged % idsPerLife;
    if ((tagged - id) / idsPerLife === channel.life()) return run(id);
    throw new SyncError('STORAGE_FAILED', 'Went on with a file whose thread ended: open it again.');
  }

  return {
    inspect: (files, limits) => ask('inspect', [files, limits]),
    list: (folder, what, take) => channel.list(folder, what, take),
    rootIdentity: (folder) => ask('rootIdentity', [folder]),
    read: (files) => ask('read', [files]),
    readOpen: async (file) => tagFound(await ask('readOpen', [file])),
    readPart: (id, position, length, into) =>
      withOpen(id, (own) => ask('readPart', [own, position, length, into])),
    readClose: (id) => withOpen(id, (own) => ask('readClose', [own])),
    stage: (contents) => {
      const slabs = createSlabs();
      const sent = contents.map((content) =>
        isShared(content.bytes) ? content : { ...content, bytes: slabs.add(content.bytes) },
      );
      return ask('stage', [sent], slabs.buffers);
    },
    stageOpen: async (folder, transfer) => tag(await ask('stageOpen', [folder, transfer])),
    stagePart: (id, bytes) =>
      withOpen(id, (own) => {
        if (isShared(bytes)) return ask('stagePart', [own, bytes]);
        const slabs = createSlabs();
        return ask('stagePart', [own, slabs.add(bytes)], slabs.buffers);
      }),
    stageFinish: (id, expected) => withOpen(id, (own) => ask('stageFinish', [own, expected])),
    stageAbort: (id) => withOpen(id, (own) => ask('stageAbort', [own])),
    stageCopy: (folder, digest, source) => ask('stageCopy', [folder, digest, source]),
    chunks: (file) => ask('chunks', [file]),
    missingChunks: (transfer, chunks) => ask('missingChunks', [transfer, chunks]),
    hasPartial: (folder, digest) => ask('hasPartial', [folder, digest]),
    discard: (staged) => ask('discard', [staged]),
    commit: (plans) => ask('commit', [plans]),
    archiveOpen: async (digest) => tagFound(await ask('archiveOpen', [digest])),
    archiveObjects: () => ask('archiveObjects', []),
    archiveTidy: (tidying) => ask('archiveTidy', [tidying]),
    sweep: () => ask('sweep', []),
    close: channel.close,
  };
}

type Ask = <K extends Job>(
  job: K,
  args: Parameters<Work[K]>,
  transfer?: readonly ArrayBuffer[],
) => ReturnType<Work[K]>;

/** Answers come from the same port in another thread, so they have its types. */
function createAsk(channel: Channel): Ask {
  return <K extends Job>(job: K, args: Parameters<Work[K]>, transfer?: readonly ArrayBuffer[]) =>
    channel.call(job, args, transfer) as ReturnType<Work[K]>;
}
