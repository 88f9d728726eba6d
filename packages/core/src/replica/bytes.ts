import type { LiveEntry } from '../model/entry.js';
import { isStaged } from './staged.js';
import type { ByteSource, Staged } from '../ports/work.js';
import type { Parts } from './parts.js';

/** Stages content that is here already, in the tree or the archive; undefined when it is not. Nothing travels then. */
export async function stageLocalCopy(parts: Parts, entry: LiveEntry): Promise<Staged | undefined> {
  for (const source of sources(parts, entry)) {
    const staged = await parts.work.stageCopy(entry.folder, entry.digest, source);
    if (isStaged(staged)) return staged;
  }
  return undefined;
}

function sources(parts: Parts, entry: LiveEntry): ByteSource[] {
  const found: ByteSource[] = parts.index
    .withDigest(entry.digest, 4)
    .map(({ entry: { folder, path } }) => ({ from: 'tree', file: { folder, path } }));
  return parts.index.archive.has(entry.digest) ? [...found, { from: 'archive' }] : found;
}
