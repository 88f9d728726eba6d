import type { ErrorCode, LiveEntry, WireVerdict } from '@lockstep/core';
import type { Piece } from './plan-batch.js';
import { streamLargeFile, streamStretches } from './read-bodies.js';
import type { SendContext, Sent } from './send-batch.js';
import { counted, toSent, upload } from './send-request.js';
import { stretchesOf } from './upload-parts.js';

/** What the peer answers when the parts did not come to the whole. */
const notWhole: ReadonlySet<ErrorCode | undefined> = new Set(['CONTENT_MISSING', 'CHECKSUM_MISMATCH']);

/**
 * Sends one large file. When the peer has parts of it, of the old version or from a transfer that was cut, only the others go out;
 * the whole whenever that does not lead to the goal.
 */
export async function sendLarge(context: SendContext, piece: Piece<LiveEntry>): Promise<Sent> {
  const { item } = piece;
  const sent = item.hasParts || item.failures > 0 ? await sendParts(context, piece) : null;
  if (sent !== null) return sent;
  const whole = await upload(context, [piece], streamLargeFile(context.replica, piece));
  context.learning.sent(piece.entry);
  return whole;
}

/** Null when the whole is to be sent. */
async function sendParts(context: SendContext, piece: Piece<LiveEntry>): Promise<Sent | null> {
  const { peer, replica } = context;
  const { entry } = piece;
  const chunks = await replica.chunksOf(entry);
  if (chunks === null) return null;
  const offered = toSent([piece], await counted(context, peer.offer([entry], chunks)));
  const verdict = verdictOf(offered);
  if (verdict?.status !== 'want') return offered;
  if (verdict.chunks === undefined) return null;
  const parts = { chunks, sent: verdict.chunks };
  const body = streamStretches(replica, entry, stretchesOf(parts));
  const uploaded = await upload(context, [piece], body, parts);
  return notWhole.has(verdictOf(uploaded)?.code) ? null : uploaded;
}

function verdictOf({ answered }: Sent): WireVerdict | undefined {
  return answered[0]?.verdict;
}
