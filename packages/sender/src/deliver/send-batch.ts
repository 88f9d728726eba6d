import type { LiveEntry, ManifestAnswer, Replica, WireVerdict } from '@lockstep/core';
import type { PeerCounters } from './counters.js';
import type { DeliveryReport } from './delivery-report.js';
import type { RateLimit } from './limit-rate.js';
import type { Peer, UploadBody } from './peer.js';
import type { Batch, Piece } from './plan-batch.js';
import { readSmallFiles, streamLargeFile } from './read-bodies.js';

export interface SendContext {
  readonly replica: Replica;
  readonly peer: Peer;
  /** The peer's name. */
  readonly name: string;
  readonly report: DeliveryReport;
  readonly limit: RateLimit;
  readonly counters: PeerCounters;
}

/** What a request came to. */
export interface Sent {
  /** Every piece that was in the request, with its verdict. */
  readonly answered: readonly { readonly piece: Piece; readonly verdict: WireVerdict }[];
  /** Pieces whose file changed before it could be read. */
  readonly changed: readonly Piece[];
  /** The peer's index; null when nothing was sent. */
  readonly indexId: string | null;
  /** Whether bytes went along. */
  readonly withBytes: boolean;
}

/** Sends one batch. Rejects with a SyncError when the request failed as a whole. */
export async function sendBatch(batch: Batch, context: SendContext): Promise<Sent> {
  const { peer, replica, limit } = context;
  switch (batch.send) {
    case 'offer':
      return toSent(batch.pieces, await counted(context, peer.offer(batch.pieces.map(({ entry }) => entry))));
    case 'remove':
      return toSent(
        batch.pieces,
        await counted(context, peer.remove(batch.pieces.map(({ entry }) => entry))),
      );
    case 'stream': {
      const body = streamLargeFile(replica, batch.pieces[0], limit);
      return await upload(context, batch.pieces, body);
    }
    case 'upload': {
      const { ready, changed, body } = await readSmallFiles(replica, batch.pieces);
      if (ready.length === 0) return { answered: [], changed, indexId: null, withBytes: true };
      await limit.take(ready.reduce((sum, { entry }) => sum + entry.size, 0));
      return { ...(await upload(context, ready, body)), changed };
    }
  }
}

async function upload(
  context: SendContext,
  pieces: readonly Piece<LiveEntry>[],
  body: UploadBody,
): Promise<Sent> {
  for (const { entry } of pieces) context.report.uploading(context.name, entry);
  const entries = pieces.map(({ entry }) => entry);
  const answer = await counted(context, context.peer.upload({ entries, body }));
  context.counters.bytes += entries.reduce((sum, entry) => sum + entry.size, 0);
  return { ...toSent(pieces, answer), withBytes: true };
}

async function counted(context: SendContext, request: Promise<ManifestAnswer>): Promise<ManifestAnswer> {
  context.counters.requests += 1;
  return await request;
}

function toSent(pieces: readonly Piece[], answer: ManifestAnswer): Sent {
  const answered = pieces.flatMap((piece, at) => {
    const verdict = answer.results[at];
    return verdict === undefined ? [] : [{ piece, verdict }];
  });
  return { answered, changed: [], indexId: answer.indexId, withBytes: false };
}
