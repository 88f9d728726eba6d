import { backoffMs, type DeferredRow, type NodeId, type Random } from '@lockstep/core';
import type { Refusal } from './sort-verdicts.js';

/** How a piece that the peer could not take waits: with each attempt, longer. */
export function deferralOf(
  { piece, code, message }: Refusal,
  peer: NodeId,
  nowMs: number,
  random: Random,
): DeferredRow {
  const { folder, path, sequence, source } = piece.item;
  const known = source.from === 'deferred' ? source.deferral : undefined;
  const attempts = (known?.attempts ?? 0) + 1;
  const nextTryMs = nowMs + backoffMs(attempts, random);
  const firstMs = known?.firstMs ?? nowMs;
  return { peer, folder, path, sequence, code, message, attempts, firstMs, nextTryMs };
}
