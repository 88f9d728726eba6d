import { SyncError } from '../model/error.js';
import type { Digest } from '../model/path.js';
import type { Disk, DiskWriter } from '../ports/disk.js';
import type { StageFailure, Staged } from '../ports/work.js';
import { hashBytes } from './hash.js';
import type { PlaceOf } from './places.js';
import { inPrivateDirectory } from './private-directory.js';
import { trying, type Problem } from './problem.js';

/** The staging directories of all folders, and the names in them. */
export interface Staging {
  pathOf(staged: { readonly folder: string; readonly name: string }): string;
  /** Creates a file under a new name, with the digest of what it is to hold when a cut may leave a part of it. The caller owes `close`. */
  create(folder: string, digest?: Digest): Promise<{ name: string; path: string; writer: DiskWriter }>;
  /** Writes bytes whose digest has been verified. */
  write(folder: string, digest: Digest, bytes: Uint8Array): Promise<Staged | StageFailure>;
  /** Runs `make` with the path of a file that is to be made under a new name. */
  reserve<T>(folder: string, make: (name: string, path: string) => Promise<T>, digest?: Digest): Promise<T>;
}

/** See `Staging`. `newName` gives names that nobody else uses. */
export function createStaging(disk: Disk, placeOf: PlaceOf, newName: () => string): Staging {
  const pathOf: Staging['pathOf'] = ({ folder, name }) => `${placeOf(folder).staging}/${name}`;

  async function reserve<T>(
    folder: string,
    make: (name: string, path: string) => Promise<T>,
    digest?: Digest,
  ): Promise<T> {
    const name = digest === undefined ? newName() : `${newName()}.${digest}`;
    return inPrivateDirectory(disk, placeOf(folder).staging, () => make(name, pathOf({ folder, name })));
  }

  const create: Staging['create'] = (folder, digest) =>
    reserve(folder, async (name, path) => ({ name, path, writer: await disk.create(path) }), digest);

  async function write(folder: string, digest: Digest, bytes: Uint8Array): Promise<Staged | StageFailure> {
    return trying(async () => {
      const { name, path, writer } = await create(folder);
      try {
        await writer.write(bytes).finally(() => writer.close());
      } catch (error) {
        await disk.unlink(path);
        throw error;
      }
      return { folder, name, digest, size: bytes.length };
    }, stageFailure);
  }

  return { pathOf, create, write, reserve };
}

/** Writes and verifies small contents: see `Work.stage`. */
export async function stageContents(
  staging: Staging,
  contents: readonly { folder: string; digest: Digest; bytes: Uint8Array }[],
  breathe: (costMicros: number) => Promise<void>,
): Promise<(Staged | StageFailure)[]> {
  const results: (Staged | StageFailure)[] = [];
  for (const { folder, digest, bytes } of contents) {
    const actual = hashBytes(bytes);
    results.push(
      actual === digest ? await staging.write(folder, digest, bytes) : stageFailure(mismatch(digest, actual)),
    );
    await breathe(60 + bytes.length / 500);
  }
  return results;
}

/** The answer for a content that was not staged. */
export function stageFailure({ code, message }: Problem): StageFailure {
  return { failed: code, message };
}

/** Bytes that are not what their digest promised. */
export function mismatch(expected: string, actual: string): SyncError {
  return new SyncError(
    'CHECKSUM_MISMATCH',
    `Took in a content announced as ${expected.slice(0, 12)}… that hashes to ${actual.slice(0, 12)}…: it is to be sent again.`,
  );
}
