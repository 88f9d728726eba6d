import type { Digest, FileKey } from '../model/path.js';
import type { Disk } from '../ports/disk.js';
import { inspectFiles } from './inspect.js';
import type { PlaceOf } from './places.js';

/** Reads whole files: see `Work.read`. */
export async function readFiles(
  disk: Disk,
  placeOf: PlaceOf,
  files: readonly (FileKey & { readonly digest: Digest })[],
): Promise<(Uint8Array | null)[]> {
  const limits = { maxFileBytes: Number.MAX_SAFE_INTEGER, keepBytesUpTo: Number.MAX_SAFE_INTEGER };
  const seen = await inspectFiles({ disk, placeOf }, files, limits);
  return seen.map((one, at) =>
    one.kind === 'file' && one.digest === files[at]?.digest ? (one.bytes ?? null) : null,
  );
}
