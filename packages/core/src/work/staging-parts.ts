import { SyncError } from '../model/error.js';
import type { Digest } from '../model/path.js';
import type { Disk, DiskWriter } from '../ports/disk.js';
import type { StageFailure, Staged } from '../ports/work.js';
import { createHasher, type Hasher } from './hash.js';
import { trying } from './problem.js';
import { mismatch, stageFailure, type Staging } from './staging.js';

interface OpenStage {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  readonly writer: DiskWriter;
  readonly hasher: Hasher;
  size: number;
}

/** Staged files that are written in parts, by the number given when they were opened. */
export interface StagingParts {
  readonly open: (folder: string) => Promise<{ id: number }>;
  readonly part: (id: number, bytes: Uint8Array) => Promise<void>;
  readonly finish: (
    id: number,
    expected: { digest: Digest; size: number } | null,
  ) => Promise<Staged | StageFailure>;
  readonly abort: (id: number) => Promise<void>;
  readonly abortAll: () => Promise<void>;
}

/** See `Work.stageOpen`. */
export function createStagingParts(disk: Disk, staging: Staging): StagingParts {
  const stages = new Map<number, OpenStage>();
  let lastId = 0;

  function get(id: number): OpenStage {
    const stage = stages.get(id);
    if (stage !== undefined) return stage;
    throw new SyncError('NOT_FOUND', `Wrote to the staged file ${id}, which was closed: stage it again.`);
  }

  async function open(folder: string): Promise<{ id: number }> {
    const created = await staging.create(folder);
    lastId += 1;
    stages.set(lastId, { folder, ...created, hasher: createHasher(), size: 0 });
    return { id: lastId };
  }

  async function part(id: number, bytes: Uint8Array): Promise<void> {
    const stage = get(id);
    stage.hasher.update(bytes);
    stage.size += bytes.length;
    await stage.writer.write(bytes);
  }

  async function finish(
    id: number,
    expected: { digest: Digest; size: number } | null,
  ): Promise<Staged | StageFailure> {
    const stage = get(id);
    stages.delete(id);
    return trying(async () => {
      await stage.writer.close();
      const digest = stage.hasher.digest();
      const { folder, name, size } = stage;
      if (expected === null || (expected.digest === digest && expected.size === size))
        return { folder, name, digest, size };
      await disk.unlink(stage.path);
      throw mismatch(expected.digest, digest);
    }, stageFailure);
  }

  async function abort(id: number): Promise<void> {
    const stage = stages.get(id);
    if (stage === undefined) return;
    stages.delete(id);
    await stage.writer.close().finally(() => disk.unlink(stage.path));
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
