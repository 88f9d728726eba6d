import {
  isSyncError,
  SyncError,
  type FileKey,
  type LiveEntry,
  type NodeId,
  type Replica,
  type Staged,
} from '@lockstep/core';
import type { PeerContent } from './deliver/peer.js';
import type { PeerLoop } from './deliver/peer-loop.js';

/** Reads a file's bytes from the peers into staging, verified. */
export type FetchContent = (entry: LiveEntry) => Promise<Staged>;

/** Asks the reachable peers one after the other. Rejects with CONTENT_MISSING when none has this content. */
export function createFetchContent(replica: Replica, loops: readonly PeerLoop[]): FetchContent {
  return async (entry) => {
    const reasons: string[] = [];
    for (const loop of loops) {
      if (loop.state !== 'up') continue;
      try {
        return await fetchFrom(loop, entry, replica);
      } catch (error) {
        reasons.push(`${nameOf(loop)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const why = reasons.length === 0 ? 'no peer is reachable' : reasons.join('; ');
    throw new SyncError(
      'CONTENT_MISSING',
      `Could not fetch "${entry.path}" from a peer: ${why}. Try again when a peer that has it is up.`,
    );
  };
}

async function fetchFrom(loop: PeerLoop, entry: LiveEntry, { staging }: Replica): Promise<Staged> {
  const content = await loop.peer.content({ folder: entry.folder, path: entry.path });
  if (content.size !== entry.size) {
    content.cancel();
    throw new SyncError(
      'CONTENT_MISSING',
      `it has another version (${content.size} bytes instead of ${entry.size})`,
    );
  }
  const { id } = await staging.stageOpen(entry.folder);
  try {
    for await (const part of content.bytes) await staging.stagePart(id, part);
  } catch (error) {
    content.cancel();
    await staging.stageAbort(id);
    throw error;
  }
  return orThrow(await staging.stageFinish(id, { digest: entry.digest, size: entry.size }), entry);
}

function orThrow(staged: Awaited<ReturnType<Replica['staging']['stageFinish']>>, file: FileKey): Staged {
  if (!('failed' in staged)) return staged;
  throw new SyncError(staged.failed, `Could not stage "${file.path}": ${staged.message}`);
}

function nameOf(loop: PeerLoop): NodeId {
  return loop.name ?? loop.url;
}

/** What a restored hold came to. */
export interface RestoredHold {
  readonly restored: number;
  readonly failed: readonly { readonly path: string; readonly message: string }[];
}

/** Puts the missing files of a hold back, from the bytes of the peers. Throws NOT_FOUND. */
export async function restoreHold(
  id: number,
  replica: Replica,
  fetchContent: FetchContent,
): Promise<RestoredHold> {
  const hold = replica.index.holds.get(id);
  if (hold === undefined) throw new SyncError('NOT_FOUND', `There is no hold ${id}; it has ended already.`);
  const failed: { path: string; message: string }[] = [];
  let restored = 0;
  for (const path of hold.paths) {
    const file: FileKey = { folder: hold.folder, path };
    const entry = replica.index.get(file)?.entry;
    if (entry?.state !== 'live') continue;
    try {
      await replica.putBack(file, await fetchContent(entry));
      restored += 1;
    } catch (error) {
      failed.push({ path, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { restored, failed };
}

/** Opens a file at the first reachable peer that has it; null when none has. What was deleted here is not looked for. */
export async function fetchAnywhere(
  file: FileKey,
  replica: Replica,
  loops: readonly PeerLoop[],
): Promise<PeerContent | null> {
  if (replica.index.get(file)?.entry.state === 'deleted') return null;
  for (const loop of loops) {
    if (loop.state !== 'up') continue;
    try {
      return await loop.peer.content(file);
    } catch (error) {
      // Another peer may have it; a lost one is the loop's matter.
      if (!isSyncError(error)) throw error;
    }
  }
  return null;
}
