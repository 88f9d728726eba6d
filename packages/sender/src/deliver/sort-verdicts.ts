import type { ErrorCode, WireVerdict } from '@lockstep/core';
import type { Item } from './item.js';
import type { Piece } from './plan-batch.js';
import type { Sent } from './send-batch.js';

/** A piece that the peer could not take now. */
export interface Refusal {
  readonly piece: Piece;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is to be done about each piece of an answered request. */
export interface SortedVerdicts {
  readonly settled: readonly { readonly piece: Piece; readonly verdict: WireVerdict }[];
  /** The peer asks for the bytes. */
  readonly wanted: readonly Item[];
  /** These wait in the deferred table. */
  readonly refused: readonly Refusal[];
}

/** A failure of one file is that file's matter only: it waits, the others go on. */
export function sortVerdicts({ answered, changed, withBytes }: Sent): SortedVerdicts {
  const settled: SortedVerdicts['settled'][number][] = [];
  const wanted: Item[] = [];
  const refused: Refusal[] = changed.map((piece) => changedMeanwhile(piece));
  for (const { piece, verdict } of answered) {
    const refusal = refusalOf(piece, verdict, withBytes);
    if (refusal !== null) refused.push(refusal);
    else if (verdict.status === 'want') {
      piece.item.hasParts = verdict.parts === true;
      wanted.push(piece.item);
    } else settled.push({ piece, verdict });
  }
  return { settled, wanted, refused };
}

function refusalOf(piece: Piece, verdict: WireVerdict, withBytes: boolean): Refusal | null {
  switch (verdict.status) {
    case 'settled':
      return null;
    case 'want':
      if (!withBytes && piece.entry.state === 'live') return null;
      return {
        piece,
        code: 'CONTENT_MISSING',
        message: 'The peer asks for bytes that were sent or do not exist.',
      };
    case 'held':
      return {
        piece,
        code: 'DELETION_HELD',
        message: verdict.message ?? 'The peer holds a batch of deletions.',
      };
    case 'refused':
      return {
        piece,
        code: verdict.code ?? 'INTERNAL',
        message: verdict.message ?? 'The peer refused it without a reason.',
      };
  }
}

function changedMeanwhile(piece: Piece): Refusal {
  return { piece, code: 'CHANGED_MEANWHILE', message: 'The file changed before it was sent.' };
}
