import type { LiveEntry, ManifestAnswer } from '@lockstep/core';
import type { UploadBody, UploadParts } from './peer.js';
import type { Piece } from './plan-batch.js';
import type { SendContext, Sent } from './send-batch.js';
import { bytesOf } from './upload-parts.js';

/** Sends entries with their bytes, or one entry with some of its chunks. */
export async function upload(
  context: SendContext,
  pieces: readonly Piece<LiveEntry>[],
  body: UploadBody,
  parts?: UploadParts,
): Promise<Sent> {
  for (const { entry } of pieces) context.report.uploading(context.name, entry);
  const entries = pieces.map(({ entry }) => entry);
  const request = { entries, body, ...(parts && { parts }) };
  const answer = await counted(context, context.peer.upload(request));
  context.counters.bytes += bytesOf(request);
  return { ...toSent(pieces, answer), withBytes: true };
}

/** Counts a request. */
export async function counted(
  context: SendContext,
  request: Promise<ManifestAnswer>,
): Promise<ManifestAnswer> {
  context.counters.requests += 1;
  return await request;
}

/** Pairs the pieces of a request with their verdicts. */
export function toSent(pieces: readonly Piece[], answer: ManifestAnswer): Sent {
  const answered = pieces.flatMap((piece, at) => {
    const verdict = answer.results[at];
    return verdict === undefined ? [] : [{ piece, verdict }];
  });
  return { answered, changed: [], indexId: answer.indexId, withBytes: false };
}
