import type { LiveEntry } from '../model/entry.js';
import { isStaged } from './staged.js';
import type { ByteSource, Staged } from '../ports/work.js';
import type { Parts } from './parts.js';

/**
 * Stages content that is here already, in the tree or the archive; undefined when it is not. Nothing travels then. With `copyFrom`, only
 * what lies in these folders counts. Content of another size than announced is not taken.
 */
export async function stageLocalCopy(
  parts: Parts,
  entry: LiveEntry,
  copyFrom?: readonly string[],
): Promise<Staged | undefined> {
  for (const source of sources(parts, entry, copyFrom)) {
    const staged = await parts.work.stageCopy(entry.folder, entry.digest, source);
    if (!isStaged(staged)) continue;
    if (staged.size === entry.size) return staged;
    // Announced with a size that this content does not have: its sender must show the bytes.
    await parts.work.discard([staged]);
  }
  return undefined;
}

function sources(parts: Parts, entry: LiveEntry, copyFrom: readonly string[] | undefined): ByteSource[] {
  const found: ByteSource[] = parts.index
    .withDigest(entry.digest, 4)
    .filter(({ entry: { folder } }) => copyFrom?.includes(folder) ?? true)
    .map(({ entry: { folder, path } }) => ({ from: 'tree', file: { folder, path } }));
  if (copyFrom) return found;
  return parts.index.archive.has(entry.digest) ? [...found, { from: 'archive' }] : found;
}
