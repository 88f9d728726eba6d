import type { Replica, WireVerdict } from '@lockstep/core';
import type { PeerCounters } from './counters.js';
import type { DeliveryReport } from './delivery-report.js';
import type { ChunkLearning } from './learn-chunks.js';
import type { Peer } from './peer.js';
import type { Batch, Piece } from './plan-batch.js';
import { readSmallFiles } from './read-bodies.js';
import { sendLarge } from './send-large.js';
import { counted, toSent, upload } from './send-request.js';

export interface SendContext {
  readonly replica: Replica;
  readonly peer: Peer;
  /** The peer's name. */
  readonly name: string;
  readonly report: DeliveryReport;
  readonly counters: PeerCounters;
  readonly learning: ChunkLearning;
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
  const { peer, replica } = context;
  switch (batch.send) {
    case 'offer':
      return toSent(batch.pieces, await counted(context, peer.offer(batch.pieces.map(({ entry }) => entry))));
    case 'remove':
      return toSent(
        batch.pieces,
        await counted(context, peer.remove(batch.pieces.map(({ entry }) => entry))),
      );
    case 'stream':
      return await sendLarge(context, batch.pieces[0]);
    case 'upload': {
      const { ready, changed, body } = await readSmallFiles(replica, batch.pieces);
      if (ready.length === 0) return { answered: [], changed, indexId: null, withBytes: true };
      return { ...(await upload(context, ready, body)), changed };
    }
  }
}
