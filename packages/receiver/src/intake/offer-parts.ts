import {
  largeContentBytes,
  type LiveEntry,
  type ManifestAnswer,
  type ParsedManifest,
  type WireVerdict,
} from '@lockstep/core';
import type { Peer } from '../access/authenticate.js';
import type { Parts } from '../parts.js';

/**
 * Says of the large contents that are wanted which parts of them are here. Chunks are looked for only when one entry was offered by
 * itself: that reads a whole file.
 */
export async function tellParts(
  parts: Parts,
  peer: Peer,
  manifest: ParsedManifest,
  answer: ManifestAnswer,
): Promise<ManifestAnswer> {
  const { replica } = parts.options;
  const isAlone = manifest.entries.length === 1;
  const results: WireVerdict[] = [];
  for (const [at, verdict] of answer.results.entries()) {
    const item = manifest.entries[at];
    const entry = verdict.status === 'want' ? largeEntryOf(item) : null;
    const chunks = isAlone && item && 'entry' in item ? item.chunks : undefined;
    const mayAsk = entry !== null && mayUseParts(parts, peer, entry.folder);
    results.push(mayAsk ? { ...verdict, ...(await replica.partsHere(entry, chunks)) } : verdict);
  }
  return { ...answer, results };
}

function largeEntryOf(item: ParsedManifest['entries'][number] | undefined): LiveEntry | null {
  if (item === undefined || 'error' in item || item.entry.state === 'deleted') return null;
  return item.entry.size > largeContentBytes ? item.entry : null;
}

/** Whether what is in a folder may stand in for bytes that a peer does not send: only where it may read. */
export function mayUseParts({ options: { rights } }: Parts, peer: Peer, folder: string): boolean {
  return rights.readableOf(peer.node)?.includes(folder) ?? true;
}
