import {
  isStaged,
  protocolVersion,
  type Entry,
  type Hello,
  type Incoming,
  type LiveEntry,
  type ParsedIndexPage,
  type Replica,
  type Verdict,
} from '@lockstep/core';
import type { Host } from './network.js';

/** Contents above this many bytes are staged in parts, as a long upload is. */
const wholeBytes = 100;
const partBytes = 32;

/** What `GET /hello` answers. */
export function helloOf(replica: Replica, host: Host | null): Hello {
  return {
    protocol: protocolVersion,
    release: '0',
    node: replica.node,
    indexId: replica.index.indexId,
    lastSequence: replica.index.lastSequence(),
    liveDigest: replica.index.liveDigest(),
    folders: replica.folders,
    maxFileBytes: replica.maxFileBytes,
    nowMs: host?.life.clock.now() ?? 0,
    fresh: replica.index.isFresh,
  };
}

/** What `GET /index` answers. */
export function pageOf(replica: Replica, since: number, limit: number): ParsedIndexPage {
  const rows = replica.index.after(since, limit);
  const next = rows.length === limit ? (rows.at(-1)?.sequence ?? null) : null;
  return { indexId: replica.index.indexId, entries: rows.map(({ entry }) => entry), refused: [], next };
}

/** What `POST /offer` and `DELETE /delete` do. */
export function takeEntries(replica: Replica, from: string, entries: readonly Entry[]): Promise<Verdict[]> {
  return replica.receive(
    entries.map((entry) => ({ entry })),
    from,
  );
}

/** What `POST /upload` does: stages everything, then decides in one batch. A content that cannot be staged refuses its entry. */
export async function takeUpload(
  replica: Replica,
  from: string,
  entries: readonly LiveEntry[],
  contents: readonly Uint8Array[],
): Promise<Verdict[]> {
  const verdicts: (Verdict | undefined)[] = entries.map(() => undefined);
  const batch: { readonly at: number; readonly incoming: Incoming }[] = [];
  for (const [at, entry] of entries.entries()) {
    const staged = await stage(replica, entry, contents[at] ?? new Uint8Array(0));
    if (isStaged(staged)) batch.push({ at, incoming: { entry, staged } });
    else verdicts[at] = { status: 'refused', code: staged.failed, message: staged.message };
  }
  const decided = await replica.receive(
    batch.map(({ incoming }) => incoming),
    from,
  );
  for (const [nth, { at }] of batch.entries()) verdicts[at] = decided[nth];
  return verdicts.map((verdict) => verdict ?? { status: 'refused', code: 'INTERNAL', message: 'No answer.' });
}

async function stage(
  { staging }: Replica,
  { folder, digest, size }: LiveEntry,
  bytes: Uint8Array,
): Promise<Awaited<ReturnType<Replica['staging']['stageFinish']>>> {
  if (size <= wholeBytes) {
    const [staged] = await staging.stage([{ folder, digest, bytes }]);
    return staged ?? { failed: 'STORAGE_FAILED', message: 'No answer.' };
  }
  const { id } = await staging.stageOpen(folder);
  try {
    for (let at = 0; at < bytes.length; at += partBytes)
      await staging.stagePart(id, bytes.subarray(at, at + partBytes));
  } catch (error) {
    await staging.stageAbort(id);
    throw error;
  }
  return staging.stageFinish(id, { digest, size });
}
