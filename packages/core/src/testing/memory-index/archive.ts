import type { Digest } from '../../model/path.js';
import type { ArchiveRow, ArchiveStore } from '../../ports/index-tables.js';
import { nextId, type State } from './state.js';

/** The archive's records in memory. */
export function memoryArchive(state: State): ArchiveStore {
  const { journal, archive } = state;
  const oldestFirst = (): ArchiveRow[] =>
    archive.all().sort((a, b) => a.archivedMs - b.archivedMs || a.id - b.id);
  const has = (digest: Digest): boolean => archive.all().some((row) => row.digest === digest);
  const totals = (): { rows: number; bytes: number } => {
    const sizes = new Map(archive.all().map((row) => [row.digest, row.size]));
    return { rows: archive.all().length, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
  };
  return {
    add: (row) =>
      journal.transact(() => {
        const id = nextId(state, 'archive');
        archive.set(id, { ...row, id });
        return id;
      }),
    get: (id) => archive.get(id),
    list: ({ reason, folder, limit, offset = 0 } = {}) =>
      oldestFirst()
        .reverse()
        .filter((row) => reason === undefined || row.reason === reason)
        .filter((row) => folder === undefined || row.folder === folder)
        .slice(offset, limit === undefined ? undefined : offset + limit),
    has,
    totals,
    prune: ({ olderThanMs, maxBytes, maxRows }) =>
      journal.transact(() => {
        const gone: Digest[] = [];
        for (const row of oldestFirst()) {
          const { rows, bytes } = totals();
          if (row.archivedMs >= olderThanMs && rows <= maxRows && bytes <= maxBytes) break;
          archive.delete(row.id);
          if (!has(row.digest)) gone.push(row.digest);
        }
        return gone;
      }),
  };
}
