import type { Parts } from './parts.js';
import { sweepArchive } from './sweep-archive.js';

/** A peer away for longer is reconciled as new. DESIGN section 5, issue of catch-up at scale. */
export const tombstoneLifeMs = 180 * 86_400_000;

/** A tombstone that everybody has is kept this long: a server restored from a snapshot of this age brings nothing back. */
const graceMs = 30 * 86_400_000;

/** Keeps the archive in bounds and forgets tombstones that every known peer has acknowledged. */
export async function maintain(parts: Parts): Promise<{ archivedRemoved: number; forgotten: number }> {
  const { maxAgeMs, maxBytes, maxRows } = parts.archiveBounds;
  const olderThanMs = parts.clock.now() - maxAgeMs;
  const pruned = parts.index.archive.prune({ olderThanMs, maxBytes, maxRows });
  const archivedRemoved = await sweepArchive(parts, pruned, olderThanMs);
  return { archivedRemoved, forgotten: await forgetTombstones(parts) };
}

/** Looks no further than the last tombstone: most indexes have few, and reading 20,000 rows takes half a second of the app's thread. */
async function forgetTombstones(parts: Parts): Promise<number> {
  const nowMs = parts.clock.now();
  const cursors = parts.index.peers.list().map((peer) => peer.cursor);
  const everybodyHas = cursors.length > 0 ? Math.min(...cursors) : parts.index.lastSequence();
  const pageRows = 1_000;
  let unseen = parts.index.totals().reduce((sum, { tombstones }) => sum + tombstones, 0);
  let forgotten = 0;
  for (let after = 0; unseen > 0;) {
    const page = parts.index.after(after, pageRows);
    parts.index.transact(() => {
      for (const { entry, sequence, recordedMs } of page) {
        if (entry.state !== 'deleted') continue;
        unseen -= 1;
        const ageMs = nowMs - recordedMs;
        if (ageMs < tombstoneLifeMs && (sequence > everybodyHas || ageMs < graceMs)) continue;
        parts.index.forget(entry);
        forgotten += 1;
      }
    });
    const last = page.at(-1);
    if (!last || page.length < pageRows) break;
    after = last.sequence;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return forgotten;
}
