import { SyncError } from '../model/error.js';
import type { Digest } from '../model/path.js';
import type { DiskWriter } from '../ports/disk.js';
import type { StageFailure, Staged, Transfer } from '../ports/work.js';
import { createAssembly, type Assembly } from './assemble.js';
import { locateRest } from './chunk-jobs.js';
import { createFlushAlong, type FlushAlong } from './flush-along.js';
import { createHasher, type Hasher } from './hash.js';
import type { ChunkTools, Located } from './locate-chunks.js';
import { trying } from './problem.js';
import { mismatch, stageFailure, type Staging } from './staging.js';

interface OpenStage {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  readonly writer: DiskWriter;
  readonly hasher: Hasher;
  readonly flushes: FlushAlong;
  size: number;
  /** Settles when all parts that came are written, or one of them failed. */
  written: Promise<void>;
  /** What is done beside writing when the bytes are a large content. */
  large: LargeStage | null;
}

interface LargeStage {
  readonly transfer: Transfer;
  /** What the transfer leaves out; null when all of it comes. */
  readonly rest: { readonly located: Located; readonly assembly: Assembly } | null;
}

/** Less than this is not kept of a broken transfer, in bytes: it is sent again as fast as it is found. */
const worthKeepingBytes = 128 * 1024;

/** Staged files that are written in parts, by the number given when they were opened. */
export interface StagingParts {
  readonly open: (folder: string, transfer?: Transfer) => Promise<{ id: number }>;
  readonly part: (id: number, bytes: Uint8Array) => Promise<void>;
  readonly finish: (
    id: number,
    expected: { digest: Digest; size: number } | null,
  ) => Promise<Staged | StageFailure>;
  readonly abort: (id: number) => Promise<void>;
  readonly abortAll: () => Promise<void>;
}

/** See `Work.stageOpen`. */
export function createStagingParts(staging: Staging, tools: ChunkTools): StagingParts {
  const stages = new Map<number, OpenStage>();
  let lastId = 0;

  function get(id: number): OpenStage {
    const stage = stages.get(id);
    if (stage !== undefined) return stage;
    throw new SyncError('NOT_FOUND', `Wrote to the staged file ${id}, which was closed: stage it again.`);
  }

  async function open(folder: string, transfer?: Transfer): Promise<{ id: number }> {
    const stage = await openStage(staging, tools, folder, transfer);
    lastId += 1;
    stages.set(lastId, stage);
    return { id: lastId };
  }

  async function part(id: number, bytes: Uint8Array): Promise<void> {
    await takeNext(get(id), bytes);
  }

  async function finish(
    id: number,
    expected: { digest: Digest; size: number } | null,
  ): Promise<Staged | StageFailure> {
    const stage = get(id);
    stages.delete(id);
    return trying(async () => {
      await complete(stage);
      const digest = stage.hasher.digest();
      const { folder, name, size } = stage;
      if (expected === null || (expected.digest === digest && expected.size === size)) {
        await noteArrival(tools, stage);
        return { folder, name, digest, size };
      }
      await tools.disk.unlink(stage.path);
      throw mismatch(expected.digest, digest);
    }, stageFailure);
  }

  async function abort(id: number): Promise<void> {
    const stage = stages.get(id);
    if (stage === undefined) return;
    stages.delete(id);
    await giveUp(tools, stage);
  }

  return {
    open,
    part,
    finish,
    abort,
    abortAll: async () => {
      for (const id of [...stages.keys()]) await abort(id);
    },
  };
}

async function openStage(
  staging: Staging,
  tools: ChunkTools,
  folder: string,
  transfer: Transfer | undefined,
): Promise<OpenStage> {
  const located = transfer?.parts ? await locateRest(tools, transfer, transfer.parts) : null;
  try {
    const created = await staging.create(folder, transfer?.digest);
    const stage: OpenStage = {
      folder,
      ...created,
      hasher: createHasher(),
      flushes: createFlushAlong(created.writer),
      size: 0,
      written: Promise.resolve(),
      large: null,
    };
    const write = (bytes: Uint8Array): Promise<void> => append(stage, bytes);
    const rest = located && {
      located,
      assembly: createAssembly(located.stretches, write, tools.breathe),
    };
    if (transfer) stage.large = { transfer, rest };
    return stage;
  } catch (error) {
    await located?.close();
    throw error;
  }
}

/** Parts go one after the other, and none after one that failed. */
function takeNext(stage: OpenStage, bytes: Uint8Array): Promise<void> {
  const rest = stage.large?.rest;
  stage.written = stage.written.then(() => (rest ? rest.assembly.take(bytes) : append(stage, bytes)));
  // Whoever waits next is told; until then nobody is listening.
  stage.written.catch(() => undefined);
  return stage.written;
}

/** The bytes are hashed while the disk writes them. */
async function append(stage: OpenStage, bytes: Uint8Array): Promise<void> {
  const writing = stage.writer.write(bytes);
  stage.hasher.update(bytes);
  await writing;
  stage.size += bytes.length;
  stage.flushes.wrote(bytes.length);
}

/** Writes what follows the last bytes that came. A failure leaves nothing open. */
async function complete(stage: OpenStage): Promise<void> {
  try {
    await stage.written;
    await stage.large?.rest?.assembly.finish();
    await stage.flushes.settled();
  } finally {
    await close(stage);
  }
}

async function close({ writer, large, flushes }: OpenStage): Promise<void> {
  try {
    await flushes.ended();
    await writer.close();
  } finally {
    await large?.rest?.located.close();
  }
}

async function noteArrival({ book, partials }: ChunkTools, { large }: OpenStage): Promise<void> {
  if (large === null) return;
  const { file, digest, parts } = large.transfer;
  if (parts) book.learn(file, digest, parts.chunks);
  await partials.remove(file.folder, digest);
}

async function giveUp({ disk, partials }: ChunkTools, stage: OpenStage): Promise<void> {
  const { large, folder, path } = stage;
  try {
    // Nothing may be written any more when the file is closed.
    await stage.written.catch(() => undefined);
    await close(stage);
  } finally {
    if (large && stage.size >= worthKeepingBytes) await partials.keep(path, folder, large.transfer.digest);
    else await disk.unlink(path);
  }
}
