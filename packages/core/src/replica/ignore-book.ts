import { SyncError } from '../model/error.js';
import { parsePath } from '../model/parse-path.js';
import type { FileKey } from '../model/path.js';
import type { IgnoreSpec, Work } from '../ports/work.js';
import { createIgnore, describeSkip } from '../rules/index.js';

/** The name of a folder's own exclusion rules. */
export const syncignoreName = '.syncignore';

const maxSyncignoreBytes = 256 * 1024;

/** The exclusion rules in force; they follow the `.syncignore` files. */
export interface IgnoreBook {
  spec(): IgnoreSpec;
  /** The sentence of the skip, null when the path is synchronised. Throws FOLDER_UNKNOWN. */
  why(file: FileKey): string | null;
  tooLarge(size: number): boolean;
  /** Reads a folder's `.syncignore` again. A file that cannot be read leaves the old rules in force. */
  reload(folder: string): Promise<void>;
}

/** @param options `patterns` are globs of the options; they hold in every folder */
export function createIgnoreBook(
  work: Work,
  options: { folders: readonly string[]; patterns: readonly string[]; maxFileBytes: number },
): IgnoreBook {
  const { folders, patterns, maxFileBytes } = options;
  const texts = new Map<string, string>();
  const file = parsePath(syncignoreName);
  let spec: IgnoreSpec = { patterns, syncignore: {}, maxFileBytes };
  let rules = createIgnore(spec);

  return {
    spec: () => spec,
    why(key) {
      if (!folders.includes(key.folder)) throw unknownFolder(key.folder, folders);
      const verdict = rules.verdict(key.folder, key.path, 'file');
      return verdict.ignored ? describeSkip(verdict) : null;
    },
    tooLarge: (size) => rules.tooLarge(size),
    async reload(folder) {
      const [seen] = await work.inspect([{ folder, path: file }], {
        maxFileBytes: maxSyncignoreBytes,
        keepBytesUpTo: maxSyncignoreBytes,
      });
      if (seen?.kind === 'file') texts.set(folder, Buffer.from(seen.bytes ?? []).toString('utf8'));
      else if (seen?.kind === 'missing') texts.delete(folder);
      else return;
      spec = { patterns, syncignore: Object.fromEntries(texts), maxFileBytes };
      rules = createIgnore(spec);
    },
  };
}

function unknownFolder(folder: string, folders: readonly string[]): SyncError {
  const name = JSON.stringify(folder.slice(0, 64));
  return new SyncError(
    'FOLDER_UNKNOWN',
    `There is no folder ${name} here; use one of: ${folders.join(', ')}.`,
    {
      details: { base_folder: folder.slice(0, 64) },
    },
  );
}
