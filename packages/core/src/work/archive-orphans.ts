import { isDigest } from '../model/parse-digest.js';
import type { Digest } from '../model/path.js';
import type { Disk } from '../ports/disk.js';
import type { ArchiveObject, ArchiveTidying } from '../ports/work.js';

/** Objects set aside begin with this. */
const asidePrefix = '.aside-';

/** The objects of the archive as they lie there, and those that no record names put out of the way: see `Work.archiveTidy`. */
export interface ArchiveOrphans {
  readonly list: () => Promise<ArchiveObject[]>;
  readonly tidy: (tidying: ArchiveTidying) => Promise<number>;
}

export function createArchiveOrphans(disk: Disk, path: string): ArchiveOrphans {
  const objectOf = (digest: Digest): string => `${path}/${digest}`;
  const asideOf = (digest: Digest): string => `${path}/${asidePrefix}${digest}`;

  async function bringBack(digest: Digest): Promise<void> {
    if ((await disk.stat(objectOf(digest))) === null) await disk.rename(asideOf(digest), objectOf(digest));
    else await disk.unlink(asideOf(digest));
  }

  return {
    async list() {
      const found = (await disk.list(path)) ?? [];
      return found.flatMap(({ name, kind }): ArchiveObject[] => {
        const isAside = name.startsWith(asidePrefix);
        const digest = isAside ? name.slice(asidePrefix.length) : name;
        return kind === 'file' && isDigest(digest) ? [{ digest, isAside }] : [];
      });
    },

    async tidy({ aside, back, remove, changedBeforeMs }) {
      for (const digest of back) await bringBack(digest);
      for (const digest of remove) await disk.unlink(asideOf(digest));
      for (const digest of aside) {
        const stat = await disk.stat(objectOf(digest));
        if (stat === null || changedMs(stat.stamp) >= changedBeforeMs) continue;
        await disk.rename(objectOf(digest), asideOf(digest));
      }
      return remove.length;
    },
  };
}

/** When the inode changed last, a new name included. Stamps are `size:mtimeNs:ctimeNs:inode`. */
function changedMs(stamp: string): number {
  return Number(stamp.split(':')[2]) / 1e6;
}
